"""Who may open what. A URL that is not in the table fails the test, so that none is forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from customers.models import CustomerNote
from customers.operations import (
    add_customer_note,
    create_organisation,
    identify_customer,
    relate_customers,
)
from customers.uploads.operations import give_upload
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from tests.access_table import GET, POST
from tests.conftest import MONDAY_9AM, said
from tickets.briefing.keeping import freeze_briefing
from tickets.channels.email.trying import start_test
from tickets.channels.journal import keep_arrival, park_arrival
from tickets.channels.mailboxes import add_mailbox, set_sign_in
from tickets.channels.models import Arrival
from tickets.feedback.models import Survey
from tickets.incidents.operations import link_ticket, open_incident
from tickets.joining.tickets import merge_tickets
from tickets.macros.operations import save_macro
from tickets.models import Attachment, BusinessCalendar, Message, SlaPolicy, Ticket, Topic
from tickets.operations import promise_on_ticket, reply_to_ticket, write_to_customer

ELSEWHERE = ("admin/", "accounts/", "api/", "live/", "mail/", "healthz", "readyz", "contact", "s/")


@pytest.fixture
def places(ticket: Ticket) -> dict[str, dict[str, Any]]:
    """One of everything on Kofi's ticket, by the name of the URL that shows it."""
    by, customer = Actor.system(), ticket.customer
    message = ticket.messages.get()
    file = Attachment.objects.create(
        message=message, name="a.txt", content_type="text/plain", size=1, sha256=store_blob(b"a")
    )
    due = timezone.now() + timedelta(days=1)
    promise = promise_on_ticket(ticket, text="Call", due_at=due, by=by, at=MONDAY_9AM)
    reply = reply_to_ticket(ticket, content=said("Hello"), by=by, at=MONDAY_9AM)
    Message.objects.filter(pk=reply.pk).update(delivery="failed")
    second = write_to_customer(
        customer=customer,
        subject="Second",
        content=said("Hello"),
        team=ticket.team,
        by=by,
        at=MONDAY_9AM,
    )
    firm = create_organisation(name="Mensah Ltd", by=by, at=MONDAY_9AM)
    other = identify_customer(kind="email", value="ama@example.com", by=by, at=MONDAY_9AM)
    relation = relate_customers(customer, other=other, kind="spouse", by=by, at=MONDAY_9AM)
    topic = Topic.objects.create(name="Codes")
    incident = open_incident(title="Codes", topic=topic, began_at=MONDAY_9AM, by=by, at=MONDAY_9AM)
    link_ticket(incident, ticket=ticket, by=by, at=MONDAY_9AM)
    table = b"id,date,email\n1,2026-03-02,kofi@example.com\n"
    upload = give_upload(name="t", data=table, source="shop", by=by, at=MONDAY_9AM)
    note: CustomerNote = add_customer_note(customer, text="Note", by=by, at=MONDAY_9AM)
    pk = keep_arrival(
        channel="email", key="1", raw=b"From: a@b.example", source="smtp", at=MONDAY_9AM
    )
    park_arrival(pk or 0, reason="unreadable", at=MONDAY_9AM)
    box = add_mailbox(settings={"name": "S", "address": "s@b.example"}, by=by, at=MONDAY_9AM)
    sign_in = {"provider": "google", "client_id": "us"}
    set_sign_in(box, settings=sign_in, by=by, at=MONDAY_9AM)
    test = start_test(box, by=by, at=MONDAY_9AM)
    macro = save_macro(None, name="Hi", texts={"en": "Hi"}, by=by, at=MONDAY_9AM)
    person, group = {"pk": customer.pk}, {"pk": firm.pk}
    shared: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("message-body", "message-source"), {"pk": message.pk}),
        (("customer", "customer-details", "customer-identity", "customer-note"), person),
        (("customer-peek", "customer-relate", "customer-join", "customer-consent"), person),
        (("organisation", "organisation-peek", "organisation-details"), group),
        (("arrival", "arrival-raw", "arrival-retry", "arrival-drop"), {"pk": pk}),
        (("incident", "incident-edit", "incident-update", "incident-status"), {"pk": incident.pk}),
        (("incident-leave-out",), {"pk": incident.pk, "customer_pk": customer.pk}),
        (("upload", "upload-faults", "upload-start"), {"pk": upload.pk}),
        (("upload-stop", "upload-go-on"), {"pk": upload.pk}),
        (("arrival-ticket", "arrival-restore"), {"pk": pk}),
        (("mailbox", "mailbox-hook", "mailbox-sign-in", "mailbox-test"), {"pk": box.pk}),
        (("retry", "take-back"), {"pk": reply.pk}),
        (("customer-merge", "customer-different", "access-ask", "customer-data"), person),
        (("customer-export", "customer-erase"), person),
        (("add-sender",), {"pk": message.pk}),
        (
            ("confirm-person", "remove-person", "trust-address"),
            {"number": ticket.number, "pk": customer.identities.get().pk},
        ),
        (
            ("mail-template", "mail-template-preview", "mail-template-reset"),
            {"kind": "reply", "language": "en", "theme": "dark"},
        ),
    ]
    own = {name: given for names, given in shared for name in names}
    return own | {
        "attachment": {"pk": file.pk},
        "keep-promise": {"number": ticket.number, "pk": promise.pk},
        "promise-keep": {"pk": promise.pk},
        "promise-close": {"pk": promise.pk},
        "promise-move": {"pk": promise.pk},
        "calendar": {"pk": BusinessCalendar.objects.get().pk},
        "policy": {"pk": SlaPolicy.objects.get().pk},
        "policy-end": {"pk": SlaPolicy.objects.get().pk},
        "macro": {"pk": macro.pk},
        "survey": {"pk": Survey.objects.order_by("pk")[0].pk},
        "survey-switch": {"pk": Survey.objects.order_by("pk")[0].pk},
        "survey-words": {"pk": Survey.objects.order_by("pk")[0].pk, "language": "fr"},
        "macro-archive": {"pk": macro.pk},
        "frozen-briefing": {"pk": freeze_briefing(reply, (), at=MONDAY_9AM).pk},
        "same-issue": {"number": ticket.number, "other": second.number},
        "suggestion-track": {"number": ticket.number, "pk": 1},
        "suggestion-decline": {"number": ticket.number, "pk": 1},
        "hand-over-read": {"number": ticket.number, "pk": 1},
        "merge-undo": {"pk": merge_tickets(second, into=ticket, by=by, at=MONDAY_9AM).pk},
        "access-decide": {"pk": 1},
        "recovery-close": {"pk": 1},
        "answer-release": {"pk": 1},
        "review-reply": {"pk": 1},
        "customer-data-file": person | {"request_pk": 1},
        "identity-share": person | {"identity_pk": customer.identities.get().pk},
        "identity-remove": person | {"identity_pk": customer.identities.get().pk},
        "customer-leave": person | {"organisation_pk": 1},
        "cx-rows": person | {"block": "contacts"},
        "customer-trust": person | {"identity_pk": customer.identities.get().pk},
        "customer-unrelate": person | {"relation_pk": relation.pk},
        "customer-note-pin": person | {"note_pk": note.pk},
        "mailbox-settings": {"pk": box.pk, "part": "door"},
        "mailbox-test-run": {"pk": test.pk},
        "organisation-cx-rows": group | {"block": "contacts"},
        **{key: {"pk": 1} for key in ("report", "report-delete", "export-stop", "export-file")},
        "now-rows": {"gauge": "open"},
        "cx-metric": {"key": "contacts"},
        "cx-rows-of": {"key": "contacts"},
        "queue": {"view": "open"},
        "queue-counts": {"view": "open"},
        "": {"number": ticket.number},
    }


def desk_urls() -> Iterator[tuple[str, URLPattern]]:
    """Every named page of the desk; anything else must be one of the doors ELSEWHERE."""
    for path, pattern in walk(get_resolver(), ""):
        if path.startswith("desk/"):
            yield pattern.name or path, pattern
        else:
            assert path.startswith(ELSEWHERE), f"{path} is in no table"


def walk(place: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in place.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, path)
        else:
            yield path, pattern


def ask(client: Client, name: str, places: dict[str, dict[str, Any]]) -> HttpResponse:
    pattern = dict(desk_urls())[name].pattern
    needed = pattern.converters.keys() if hasattr(pattern, "converters") else ()
    given = places.get(name, places[""])
    url = reverse(f"desk:{name}", kwargs={key: given[key] for key in needed})
    return client.get(url) if name in GET else client.post(url)  # type: ignore[return-value]


def test_every_url_of_the_desk_is_in_the_table() -> None:
    assert {name for name, _pattern in desk_urls()} == GET.keys() | POST.keys()


def test_every_view_of_the_desk_asks_for_an_agent() -> None:
    for name, pattern in desk_urls():
        assert getattr(pattern.callback, "requires_agent", False), name


def test_strangers_are_led_to_signing_in(client: Client, places: dict[str, dict[str, Any]]) -> None:
    for name in (*GET, *POST):
        answer = ask(client, name, places)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/accounts/login/"), name


def test_agents_of_other_teams_get_what_the_table_says(
    client: Client, outsider: Agent, places: dict[str, dict[str, Any]]
) -> None:
    client.force_login(outsider)
    before = contents()
    for name, expected in (GET | POST).items():
        answer = ask(client, name, places)
        if expected is not None:
            assert answer.status_code == expected, name
        else:
            assert answer.status_code < 500, name
            assert b"code has expired" not in b"".join(answer), name
    changed = {table for table, rows in contents().items() if rows != before[table]}
    # Notes, relations and incidents are anybody's to change; each is counted on the customer.
    assert changed <= {
        "customers_customer",
        "customers_customernote",
        "customers_relationship",
        "incidents_incident",
        # A note and its pin, whether an address is shared, and asking, are anybody's to do.
        "customers_accessrequest",
        "customers_identity",
        "customers_identityevent",
    }


def test_looking_changes_nothing(
    client: Client, dana: Agent, places: dict[str, dict[str, Any]]
) -> None:
    client.force_login(dana)
    before = contents()
    for name in GET:
        answer = ask(client, name, places)
        assert answer.status_code in {200, 302, 404, 405}, name
        b"".join(answer)  # a file is closed when it has been read
        assert contents() == before, name
    for path in ("/contact", "/healthz", "/readyz", "/admin/"):
        client.get(path)
    assert contents() == before


def contents() -> dict[str, tuple[Any, ...]]:
    """What every table of ours holds: how many rows, and which versions of them."""
    tables = [
        table
        for table in connection.introspection.table_names()
        if table.startswith(
            (
                "accounts_",
                "channels_",
                "customers_",
                "cx_",
                "incidents_",
                "jobs_",
                "macros_",
                "speech_",
                "surveys_",
                "tickets_",
                "uploads_",
            )
        )
    ]
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(
                f"SELECT count(*), sum(hashtext(t::text)::bigint) FROM {table} t"  # noqa: S608
            )
            found[table] = cursor.fetchone()
        return found


def test_arrivals_open_for_those_who_may(
    client: Client, ines: Agent, places: dict[str, dict[str, Any]]
) -> None:
    client.force_login(ines)

    assert ask(client, "arrival", places).status_code == 200
    assert Arrival.objects.parked().count() == 1
