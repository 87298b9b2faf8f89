"""Incidents at the desk: open one where many write, link a ticket with one key, see who it hit."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from customers.operations import identify_customer
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.incidents.models import Incident, IncidentTicket
from tickets.incidents.operations import link_ticket, open_incident
from tickets.models import Ticket, Topic
from tickets.operations import file_ticket, open_ticket

BY = Actor.system()
HTMX = {"HX-Request": "true"}


@pytest.fixture
def codes(ticket: Ticket) -> Topic:
    """Kofi's ticket is about sign-in codes."""
    topic = Topic.objects.create(name="Codes")
    file_ticket(ticket, topic=topic, by=BY, at=MONDAY_9AM)
    return topic


@pytest.fixture
def known(codes: Topic) -> Incident:
    return open_incident(
        title="Codes expire at once",
        topic=codes,
        began_at=MONDAY_9AM,
        cue_words=("expired",),
        by=BY,
        at=MONDAY_9AM,
    )


def show(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"desk:{name}", args=args)).content.decode()


def test_an_incident_is_opened_with_what_finds_its_tickets(
    desk: Client, ticket: Ticket, codes: Topic
) -> None:
    given = {
        "title": "Codes expire at once",
        "topic": codes.pk,
        "cue_words": "expired, too old",
        "fields_": "app: Android",
        "began_at": "2026-03-02T08:00",
    }
    wrong = desk.post(reverse("desk:incident-new"), given | {"fields_": "Android"})
    answer = desk.post(reverse("desk:incident-new"), given)

    incident = Incident.objects.get()
    assert wrong.status_code == 422
    assert answer["Location"] == incident.get_absolute_url()
    assert (incident.cue_words, incident.fields) == (["expired", "too old"], {"app": "Android"})
    assert f"#{ticket.number} Cannot sign in" in show(desk, "incident", incident.pk)


def test_a_ticket_names_its_likely_incident_and_takes_it_with_one_key(
    desk: Client, ticket: Ticket, known: Incident
) -> None:
    url = reverse("desk:ticket-incident", args=[ticket.number])
    before = desk.get(url, headers=HTMX).content.decode()
    assert "Likely part of" in before
    assert 'data-key="w"' in before

    desk.post(reverse("desk:ticket-incident-link", args=[ticket.number]), {"incident": known.pk})

    assert "Likely" not in desk.get(url).content.decode()
    assert "Kofi Mensah" in show(desk, "incident", known.pk)


def test_a_ticket_that_is_no_part_is_not_asked_again(
    desk: Client, ticket: Ticket, known: Incident
) -> None:
    url = reverse("desk:ticket-incident-link", args=[ticket.number])
    desk.post(url, {"incident": known.pk, "no": "1", "back": "incident"})

    assert not IncidentTicket.objects.get().is_part
    assert "No known incident matches." in show(desk, "ticket-incident", ticket.number)
    for wrong in ("", "x", "9" * 40, "99999"):
        assert desk.post(url, {"incident": wrong}).status_code == 404


def test_updates_are_kept_and_a_resolved_incident_moves_to_the_past(
    desk: Client, ticket: Ticket, known: Incident
) -> None:
    url = reverse("desk:incident-update", args=[known.pk])
    assert desk.post(url, {"text": " "}).status_code == 422
    desk.post(url, {"text": "Fixed tomorrow", "next_update_at": "2026-03-03T09:00"})
    assert "Fixed tomorrow" in show(desk, "ticket-incident", ticket.number)

    desk.post(reverse("desk:incident-status", args=[known.pk]))

    assert "Codes expire" not in show(desk, "incidents")
    assert "Codes expire" in desk.get(reverse("desk:incidents") + "?resolved=1").content.decode()


def test_somebody_is_left_out_with_a_reason_and_counted_again(
    desk: Client, ticket: Ticket, known: Incident
) -> None:
    link_ticket(known, ticket=ticket, by=BY, at=MONDAY_9AM)
    url = reverse("desk:incident-leave-out", args=[known.pk, ticket.customer_id])

    desk.post(url, {"reason": "was on holiday"})
    assert "1 left out" in show(desk, "incident", known.pk)
    assert "was on holiday" in show(desk, "incident", known.pk)

    desk.post(url, {})
    assert "1 left out" not in show(desk, "incident", known.pk)


def test_an_incident_is_changed(desk: Client, known: Incident) -> None:
    html = show(desk, "incident-edit", known.pk)
    url = reverse("desk:incident-edit", args=[known.pk])
    given = {"title": "Codes", "topic": known.topic_id, "began_at": "2026-03-02T10:00"}

    early = desk.post(url, given | {"ended_at": "2026-03-01T10:00"})
    desk.post(url, given | {"cue_words": "code"})

    known.refresh_from_db()
    assert 'value="expired"' in html
    assert early.status_code == 422
    assert (known.title, known.cue_words) == ("Codes", ["code"])


def test_a_spike_is_offered_as_an_incident(desk: Client, ticket: Ticket, codes: Topic) -> None:
    now = datetime.now(UTC)
    for n in range(4):
        customer = identify_customer(kind="email", value=f"{n}@x.example", by=BY, at=now)
        content, at = said("Code?"), now - timedelta(minutes=n + 1)
        open_ticket(customer=customer, subject="C", content=content, topic=codes, by=BY, at=at)

    html = show(desk, "incidents")

    assert "4 tickets of 4 people in four hours; usual at this time 0" in html
    assert desk.get(reverse("desk:incident-new") + f"?topic={codes.pk}").status_code == 200


def test_an_incident_costs_the_same_however_many_it_hit(
    desk: Client, known: Incident, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(30):
        customer = identify_customer(kind="email", value=f"{n}@x.example", by=BY, at=MONDAY_9AM)
        content = said("It has expired")
        made = open_ticket(
            customer=customer, subject="C", content=content, topic=known.topic, by=BY, at=MONDAY_9AM
        ).ticket
        if n % 2:
            link_ticket(known, ticket=made, by=BY, at=MONDAY_9AM)
    show(desk, "incident", known.pk)

    with django_assert_max_num_queries(11):
        html = show(desk, "incident", known.pk)

    assert html.count('data-test="affected-person"') == 15


def test_linking_and_unlinking_stand_in_the_tickets_history(
    desk: Client, ticket: Ticket, known: Incident
) -> None:
    to = reverse("desk:ticket-incident-link", args=[ticket.number])

    desk.post(to, {"incident": known.pk})
    desk.post(to, {"incident": known.pk})
    desk.post(to, {"incident": known.pk, "no": "1"})

    kinds = ticket.events.order_by("pk").values_list("kind", flat=True)
    assert [kind for kind in kinds if "linked" in kind] == ["linked", "unlinked"]
    html = show(desk, "ticket", ticket.number)
    assert f"Part of INC-{known.pk} Codes expire at once" in html
    assert f"Not part of INC-{known.pk} Codes expire at once" in html


def test_what_was_said_of_two_tickets_stands_in_the_history_of_both(
    desk: Client, ticket: Ticket
) -> None:
    other = open_ticket(
        customer=ticket.customer, subject="Code", content=said("Again."), by=BY, at=MONDAY_9AM
    ).ticket
    to = reverse("desk:same-issue", args=[ticket.number, other.number])

    for answer in ("yes", "no", "open"):
        desk.post(to, {"is_same": answer})

    assert f"Same issue as #{other.number}" in show(desk, "ticket", ticket.number)
    of_other = show(desk, "ticket", other.number)
    assert f"Different issue than #{ticket.number}" in of_other
    assert f"whether #{ticket.number} is the same issue" in of_other
