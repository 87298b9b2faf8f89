"""What opens beside the page: readable as a page of its own, and never more than one may see."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from customers.operations import create_organisation, update_customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.joining.tickets import merge_tickets
from tickets.models import Ticket
from tickets.operations import open_ticket, rate_ticket, receive_message

HTMX = {"HX-Request": "true"}


def peek(client: Client, number: int, query: str = "", *, scripts: bool = True) -> str:
    url = reverse("desk:peek", args=[number]) + query
    return client.get(url, headers=HTMX if scripts else {}).content.decode()


def test_an_old_ticket_opens_with_the_message_and_the_reason(desk: Client, ticket: Ticket) -> None:
    message = ticket.messages.get()

    html = peek(desk, ticket.number, f"?message={message.pk}&why=same+order,+same+topic")

    assert "<html" not in html
    assert "It says my code has expired." in html
    assert "same order, same topic" in html
    assert html.count('data-test="peek-match"') == 1


def test_without_scripts_a_peek_is_a_page(desk: Client, ticket: Ticket) -> None:
    html = peek(desk, ticket.number, scripts=False)

    assert "<html" in html
    assert "It says my code has expired." in html
    assert reverse("desk:ticket", args=[ticket.number]) in html


def test_a_peek_says_how_the_ticket_ended(desk: Client, ticket: Ticket) -> None:
    by = Actor.customer(ticket.customer_id)
    rate_ticket(ticket, score=2, comment="Still waiting", external_id="1", by=by, at=MONDAY_9AM)

    assert "Still waiting" in peek(desk, ticket.number)


def test_a_message_of_another_ticket_marks_nothing(desk: Client, ticket: Ticket) -> None:
    for wrong in ("999999", "x", "9" * 40, "-1", "²"):
        assert "data-peek-match" not in peek(desk, ticket.number, f"?message={wrong}")


def test_a_long_ticket_shows_the_matching_message_from_its_middle(
    desk: Client, ticket: Ticket
) -> None:
    by = Actor.customer(ticket.customer_id)
    for n in range(40):
        at = MONDAY_9AM + timedelta(minutes=n + 1)
        receive_message(ticket, content=said(f"Letter {n}."), by=by, at=at)
    middle = ticket.messages.get(text="Letter 15.")

    html = peek(desk, ticket.number, f"?message={middle.pk}")

    assert "Letter 15." in html
    assert "Letter 16." not in html
    assert "messages more on the ticket" in html


def test_the_reason_is_text_not_markup(desk: Client, ticket: Ticket) -> None:
    assert "<b>x" not in peek(desk, ticket.number, "?why=%3Cb%3Ex")


def test_other_teams_cannot_peek(client: Client, outsider: Agent, ticket: Ticket) -> None:
    client.force_login(outsider)
    url = reverse("desk:customer-peek", args=[ticket.customer_id])

    answer = client.get(url, headers=HTMX).content.decode()

    assert client.get(reverse("desk:peek", args=[ticket.number])).status_code == 404
    assert "code has expired" not in answer
    assert "1 more contact in a team" in answer


def test_a_customer_and_their_organisation_open_beside_the_page(
    desk: Client, ticket: Ticket
) -> None:
    by = Actor.system()
    firm = create_organisation(name="Mensah Ltd", by=by, at=MONDAY_9AM)
    update_customer(ticket.customer, changes={"organisation": firm}, by=by, at=MONDAY_9AM)

    person = desk.get(reverse("desk:customer-peek", args=[ticket.customer_id]), headers=HTMX)
    group = desk.get(reverse("desk:organisation-peek", args=[firm.pk]), headers=HTMX)

    assert "It says my code has expired." in person.content.decode()
    assert f"#{ticket.number} Cannot sign in" in group.content.decode()
    assert "Kofi Mensah" in group.content.decode()


def test_a_merged_ticket_opens_as_what_it_became(desk: Client, ticket: Ticket) -> None:
    by, kofi = Actor.customer(ticket.customer_id), ticket.customer
    again = open_ticket(
        customer=kofi, subject="Again", content=said("Still no code."), by=by, at=MONDAY_9AM
    ).ticket
    merge_tickets(again, into=ticket, by=Actor.system(), at=MONDAY_9AM)

    answer = desk.get(reverse("desk:peek", args=[again.number]) + "?why=same", follow=True)

    html = answer.content.decode()
    assert f"#{ticket.number} Cannot sign in" in html
    assert "Still no code." in html
