"""A person's data is handed out whole; erased, no word of theirs is left and no count changes."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.html import escape

from customers.errors import AlreadyErased, ConfirmationDiffers
from customers.models import Customer, Fact
from customers.operations import add_customer_note, identify_customer, remember_fact
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import open_blob, store_blob
from tests.conftest import MONDAY_9AM, said
from tickets.briefing.briefing import items_for, lines_of
from tickets.briefing.keeping import freeze_briefing, store_briefing
from tickets.joining.customers import merge_customers
from tickets.joining.following import columns_to
from tickets.metrics.models import Resolution
from tickets.metrics.rebuilding import rebuild
from tickets.models import Attachment, Message, Ticket
from tickets.operations import (
    promise_on_ticket,
    rate_ticket,
    reply_to_ticket,
    retitle_ticket,
    solve_ticket,
)
from tickets.privacy.erasing import DELETED, EMPTIED, LEFT, erase_person
from tickets.privacy.exporting import clear_exports, export_person
from tickets.privacy.models import DataRequest
from tickets.privacy.requesting import request_erasing, request_export
from tickets.search import search

HOUR = timedelta(hours=1)
SECRET = "Zanzibar"  # noqa: S105 - a word to look for


@pytest.fixture
def life(ticket: Ticket, kofi: Customer, ana: Agent) -> Customer:
    """Kofi's record with a telling word in every part of it."""
    by = Actor.agent(ana.pk)
    remember_fact(kofi, key="city", value=SECRET, source=Fact.Source.FORM, by=by, at=MONDAY_9AM)
    add_customer_note(kofi, text=SECRET, by=by, at=MONDAY_9AM)
    reply_to_ticket(ticket, content=said(f"Hi {SECRET}"), by=by, at=MONDAY_9AM)
    retitle_ticket(ticket, subject=SECRET, by=by, at=MONDAY_9AM)
    retitle_ticket(ticket, subject=f"{SECRET} again", by=by, at=MONDAY_9AM)
    promise_on_ticket(ticket, text=SECRET, due_at=MONDAY_9AM, by=by, at=MONDAY_9AM)
    solve_ticket(ticket, by=by, at=MONDAY_9AM)
    rate_ticket(ticket, score=2, comment=SECRET, external_id="1", by=by, at=MONDAY_9AM)
    message = ticket.messages.order_by("at").first()
    file = {"name": f"{SECRET}.txt", "content_type": "text/plain", "size": 8}
    sha256 = store_blob(SECRET.encode())
    Attachment.objects.create(message=message, sha256=sha256, **file)  # type: ignore[misc]
    twin = identify_customer(
        kind="email", value="zanzibar@x.example", name=SECRET, by=by, at=MONDAY_9AM
    )
    merge_customers(twin, into=kofi, take=["name"], by=by, at=MONDAY_9AM)
    rebuild(at=MONDAY_9AM)
    kofi.refresh_from_db()
    return kofi


def tables_with(word: str) -> set[str]:
    """The tables in which a word stands, wherever in a row."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT 1 FROM {table} t WHERE t::text ILIKE %s", [f"%{word}%"])  # noqa: S608
            if cursor.fetchone():
                found.add(table)
    return found


def test_every_row_about_a_customer_is_deleted_emptied_or_left_on_purpose() -> None:
    columns = [*columns_to(Customer), *columns_to(Ticket)]
    models = {str(column).split(".")[1] for column in columns} | {"frozenbriefing"}

    assert models == {*DELETED, *EMPTIED, *LEFT}, "say in erasing.py what becomes of it"


def test_an_export_has_everything_in_one_file(life: Customer, ana: Agent) -> None:
    request = request_export(life, by=Actor.agent(ana.pk), at=MONDAY_9AM)
    assert request_export(life, by=Actor.agent(ana.pk), at=MONDAY_9AM) == request
    export_person(request, at=MONDAY_9AM)

    with open_blob(request.sha256) as blob, zipfile.ZipFile(blob) as archive:
        data = json.loads(archive.read("data.json"))
        assert SECRET in archive.read("data.html").decode()
        (file,) = [name for name in archive.namelist() if name.startswith("files/")]
        assert archive.read(file) == SECRET.encode()
    assert [fact["value"] for fact in data["facts"]] == [SECRET]
    assert [message["is_from_customer"] for message in data["tickets"][0]["messages"]] == [
        True,
        False,
    ]
    assert clear_exports(at=MONDAY_9AM + 2 * DataRequest.KEPT_FOR) == 1


def test_an_export_has_what_agents_were_told(ticket: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    reply = reply_to_ticket(ticket, content=said("Hello"), by=by, at=MONDAY_9AM)
    items = items_for(ticket, agent=ana, at=MONDAY_9AM)
    freeze_briefing(reply, items, at=MONDAY_9AM)
    store_briefing(ticket, at=MONDAY_9AM + HOUR)
    request = request_export(ticket.customer, by=by, at=MONDAY_9AM)
    export_person(request, at=MONDAY_9AM)

    with open_blob(request.sha256) as blob, zipfile.ZipFile(blob) as archive:
        data = json.loads(archive.read("data.json"))
        html = archive.read("data.html").decode()
    told = data["tickets"][0]["briefings"]
    assert len(told) == 2
    assert told[0]["said"] == [line.text for line in lines_of(items, at=MONDAY_9AM)]
    assert escape(told[0]["said"][0]) in html


def test_erasing_leaves_no_word_and_changes_no_count(
    life: Customer, ticket: Ticket, ana: Agent, ines: Agent
) -> None:
    assert len(tables_with(SECRET)) > 8
    counts = (Message.objects.count(), life.touchpoints.count(), ticket.events.count())
    solved = Resolution.objects.values_list("time_to_solve_c", "is_one_touch").get()

    typed = f" {life.name.upper()} "
    request = request_erasing(life, typed=typed, by=Actor.agent(ana.pk), at=MONDAY_9AM)
    erase_person(request, at=MONDAY_9AM)

    assert tables_with(SECRET) == set()
    assert tables_with("kofi@example.com") == set()
    assert not search("Zanzibar", agent=ines)
    assert counts == (Message.objects.count(), life.touchpoints.count(), ticket.events.count())
    rebuild(at=MONDAY_9AM)
    assert Resolution.objects.values_list("time_to_solve_c", "is_one_touch").get() == solved
    life.refresh_from_db()
    assert (life.name, life.erased_at) == ("", MONDAY_9AM)
    assert life.identity_events.filter(kind="erased", agent=ana).count() == 1


def test_erasing_wants_the_name_typed_and_is_done_once(life: Customer, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    with pytest.raises(ConfirmationDiffers):
        request_erasing(life, typed="Kofi", by=by, at=MONDAY_9AM)
    erase_person(request_erasing(life, typed=life.name, by=by, at=MONDAY_9AM), at=MONDAY_9AM)
    life.refresh_from_db()
    with pytest.raises(AlreadyErased):
        request_erasing(life, typed=f"customer {life.pk}", by=by, at=MONDAY_9AM)
