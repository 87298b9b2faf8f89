"""Parked arrivals, deliveries and an agent's own settings."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import open_blob
from tests.conftest import MONDAY_9AM, said
from tickets.channels.journal import keep_arrival, park_arrival
from tickets.channels.models import Arrival, DeliveryAttempt
from tickets.models import Message, Ticket
from tickets.operations import claim_delivery, fail_delivery, reply_to_ticket

RAW = b"From: Maya <maya@example.com>\r\nSubject: <b>Lost</b>\r\n\r\n<script>x</script>"


@pytest.fixture
def parked(workspace: None) -> Arrival:
    cache.clear()
    pk = keep_arrival(channel="email", key="1", raw=RAW, source="smtp", at=MONDAY_9AM)
    park_arrival(pk or 0, reason="Nobody to answer", at=MONDAY_9AM)
    return Arrival.objects.get()


@pytest.fixture
def lead(ana: Agent, client: Client) -> Client:
    ana.role = Role.LEAD
    ana.save()
    client.force_login(ana)
    return client


def test_parked_mail_shows_reason_sender_and_subject(lead: Client, parked: Arrival) -> None:
    html = lead.get("/desk/arrivals/").content.decode()

    assert "Nobody to answer" in html
    assert "Maya &lt;maya@example.com&gt;" in html
    assert "&lt;b&gt;Lost&lt;/b&gt;" in html
    assert '<span class="count">1</span>' in html


def test_the_raw_content_is_text_that_no_browser_acts_on(lead: Client, parked: Arrival) -> None:
    page = lead.get(f"/desk/arrivals/{parked.pk}").content.decode()
    download = lead.get(f"/desk/arrivals/{parked.pk}/raw")

    assert "&lt;script&gt;" in page
    assert download.content == RAW
    assert download["Content-Type"].startswith("text/plain")
    assert "attachment" in download["Content-Disposition"]


def test_a_retry_reads_it_again(
    lead: Client, parked: Arrival, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        lead.post(f"/desk/arrivals/{parked.pk}/retry")

    parked.refresh_from_db()
    assert parked.state == Arrival.State.PROCESSED
    assert Ticket.objects.get().subject == "<b>Lost</b>"


def test_putting_away_needs_a_reason_and_keeps_it(lead: Client, parked: Arrival) -> None:
    refused = lead.post(f"/desk/arrivals/{parked.pk}/drop", {"reason": " "})
    lead.post(f"/desk/arrivals/{parked.pk}/drop", {"reason": "Advertising"})

    parked.refresh_from_db()
    assert refused.status_code == 409
    assert (parked.state, parked.reason) == ("ignored", "Ana Silva: Advertising")


def test_what_was_put_away_is_taken_back_with_its_reason(lead: Client, parked: Arrival) -> None:
    lead.post(f"/desk/arrivals/{parked.pk}/drop", {"reason": "Advertising"})
    away = lead.get("/desk/arrivals/?state=away").content.decode()

    lead.post(f"/desk/arrivals/{parked.pk}/restore")

    parked.refresh_from_db()
    assert "Ana Silva: Advertising" in away
    assert (parked.state, parked.reason) == ("parked", "Nobody to answer")
    assert lead.post(f"/desk/arrivals/{parked.pk}/restore").status_code == 409


def test_what_can_be_read_is_shown_as_text(lead: Client, parked: Arrival) -> None:
    page = lead.get(f"/desk/arrivals/{parked.pk}").content.decode()

    assert "As far as it can be read" in page
    assert '<dt>subject</dt><dd class="breakable">&lt;b&gt;Lost&lt;/b&gt;</dd>' in page
    assert "<script>x" not in page


def test_a_ticket_is_made_by_hand_and_keeps_the_original(lead: Client, parked: Arrival) -> None:
    form = lead.get(f"/desk/arrivals/{parked.pk}/ticket").content.decode()
    given = {
        "address": "Maya@example.com",
        "name": "Maya",
        "subject": "Lost",
        "text": "Where is it?",
    }

    made = lead.post(f"/desk/arrivals/{parked.pk}/ticket", given)

    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    assert 'value="maya@example.com"' in form
    assert made["Location"] == f"/desk/t/{ticket.number}"
    assert (message.author_address, message.text) == ("Maya@example.com", "Where is it?")
    with open_blob(message.attachments.get().sha256) as original:
        assert original.read() == RAW
    parked.refresh_from_db()
    assert (parked.state, parked.message) == ("processed", message)
    again = lead.post(f"/desk/arrivals/{parked.pk}/ticket", given)
    assert again.status_code == 422
    assert Ticket.objects.count() == 1


def test_no_ticket_is_made_without_a_whole_address(lead: Client, parked: Arrival) -> None:
    given = {"address": "maya", "subject": "Lost", "text": "Where is it?"}

    refused = lead.post(f"/desk/arrivals/{parked.pk}/ticket", given)

    assert refused.status_code == 422
    assert "Enter a whole address" in refused.content.decode()
    assert not Ticket.objects.exists()


def test_mail_without_any_header_can_be_looked_at(lead: Client, parked: Arrival) -> None:
    Arrival.objects.update(raw=b"\xff\x00 no header at all, only words")

    for path in ("", "/ticket"):
        assert "only words" in lead.get(f"/desk/arrivals/{parked.pk}{path}").content.decode()


def test_agents_without_the_permission_see_no_raw_mail(desk: Client, parked: Arrival) -> None:
    for path in ("", f"{parked.pk}", f"{parked.pk}/raw"):
        assert desk.get(f"/desk/arrivals/{path}").status_code == 403


def test_a_failed_delivery_is_listed_and_sent_again(desk: Client, ticket: Ticket) -> None:
    by, now = Actor.system(), datetime.now(UTC)
    reply_to_ticket(ticket, content=said("Try now"), by=by, at=now)
    message = Message.objects.get(kind="reply")
    copy = message.deliveries.get()
    claim_delivery(copy.pk, at=now)
    fail_delivery(copy, note="No such mailbox", by=by, at=now)

    assert "No such mailbox" in desk.get("/desk/deliveries/").content.decode()
    answer = desk.post(f"/desk/m/{message.pk}/retry", {"back": "deliveries"})
    assert answer["Location"] == "/desk/deliveries/"
    message.refresh_from_db()
    assert message.delivery == Message.Delivery.QUEUED


def test_deliveries_show_each_try_and_its_answer(desk: Client, ticket: Ticket) -> None:
    by, now = Actor.system(), datetime.now(UTC)
    reply_to_ticket(ticket, content=said("Try now"), by=by, at=now)
    message = Message.objects.get(kind="reply")
    for answer in ("451 Later", "250 Taken"):
        copy = message.deliveries.get()
        DeliveryAttempt.objects.create(delivery=copy, at=now, outcome="retry", answer=answer)

    waiting = desk.get("/desk/deliveries/?state=waiting").content.decode()
    assert "2 tries" in waiting
    assert "451 Later" in waiting
    assert "kofi@example.com" in waiting
    assert "#" + str(ticket.number) not in desk.get("/desk/deliveries/").content.decode()
    assert "No mail has left yet." in desk.get("/desk/deliveries/?state=sent").content.decode()


@pytest.mark.parametrize("number", [1, 9])
def test_deliveries_cost_the_same_for_any_number(
    desk: Client, ticket: Ticket, number: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _one in range(number):
        reply_to_ticket(ticket, content=said("Try now"), by=Actor.system(), at=MONDAY_9AM)
    desk.get("/desk/deliveries/?state=waiting")

    with django_assert_num_queries(4):
        desk.get("/desk/deliveries/?state=waiting")


def test_other_teams_deliveries_are_neither_seen_nor_retried(
    client: Client, outsider: Agent, ticket: Ticket
) -> None:
    reply_to_ticket(ticket, content=said("Try now"), by=Actor.system(), at=MONDAY_9AM)
    message = Message.objects.get(kind="reply")
    client.force_login(outsider)

    assert "Cannot sign in" not in client.get("/desk/deliveries/").content.decode()
    assert client.post(f"/desk/m/{message.pk}/retry").status_code == 404


def test_agents_change_their_own_settings(desk: Client, ana: Agent) -> None:
    mine = {"name": "Ana S.", "time_zone": "Europe/Lisbon", "language": "en-gb", "theme": "dark"}
    wrong = desk.post("/desk/me/", mine | {"time_zone": "Mars"})
    desk.post("/desk/me/", mine | {"is_away": "on", "role": "admin"})

    ana.refresh_from_db()
    assert wrong.status_code == 422
    assert (ana.name, ana.theme, ana.is_away, ana.role) == ("Ana S.", "dark", True, Role.AGENT)
