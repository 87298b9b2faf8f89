"""Parked arrivals, deliveries and an agent's own settings."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.channels.journal import keep_arrival, park_arrival
from tickets.channels.models import Arrival
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
    desk.post(f"/desk/deliveries/{message.pk}/retry")
    message.refresh_from_db()
    assert message.delivery == Message.Delivery.QUEUED


def test_other_teams_deliveries_are_neither_seen_nor_retried(
    client: Client, outsider: Agent, ticket: Ticket
) -> None:
    reply_to_ticket(ticket, content=said("Try now"), by=Actor.system(), at=MONDAY_9AM)
    message = Message.objects.get(kind="reply")
    client.force_login(outsider)

    assert "Cannot sign in" not in client.get("/desk/deliveries/").content.decode()
    assert client.post(f"/desk/deliveries/{message.pk}/retry").status_code == 404


def test_agents_change_their_own_settings(desk: Client, ana: Agent) -> None:
    mine = {"name": "Ana S.", "time_zone": "Europe/Lisbon", "language": "en-gb", "theme": "dark"}
    wrong = desk.post("/desk/me/", mine | {"time_zone": "Mars"})
    desk.post("/desk/me/", mine | {"is_away": "on", "role": "admin"})

    ana.refresh_from_db()
    assert wrong.status_code == 422
    assert (ana.name, ana.theme, ana.is_away, ana.role) == ("Ana S.", "dark", True, Role.AGENT)
