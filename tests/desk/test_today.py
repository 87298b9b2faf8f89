"""What an agent does first."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from customers.models import Promise
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tickets.models import Ticket
from tickets.operations import assign_ticket, promise_on_ticket
from tickets.speech.handing_over import Telling, hand_over

DAY = timedelta(days=1)


def today(desk: Client) -> str:
    return desk.get("/desk/").content.decode()


def promised(ticket: Ticket, owner: Agent, text: str, *, days: float) -> Promise:
    now = timezone.now()
    return promise_on_ticket(
        ticket,
        text=text,
        due_at=now + days * DAY,
        owner=owner,
        by=Actor.agent(owner.pk),
        at=now - 3 * DAY,
    )


def test_who_has_nothing_to_do_is_told_where_there_is_something(desk: Client) -> None:
    html = today(desk)

    assert "Nothing waits for you today." in html
    assert 'href="/desk/v/unassigned"' in html


def test_the_day_begins_with_late_promises_and_the_next_of_the_queue(
    desk: Client, ticket: Ticket, ana: Agent
) -> None:
    assign_ticket(ticket, agent=ana, by=Actor.agent(ana.pk), at=timezone.now())
    promised(ticket, ana, "a new key", days=-1)
    promised(ticket, ana, "a letter", days=2)

    html = today(desk)

    assert "a new key" in html
    assert "a letter" not in html
    assert html.index("a new key") < html.index("Next in your queue")
    assert f'href="/desk/t/{ticket.number}' in html


def test_a_promise_kept_from_here_leads_back_here(desk: Client, ticket: Ticket, ana: Agent) -> None:
    promise = promised(ticket, ana, "a new key", days=-1)

    answer = desk.post(f"/desk/promises/{promise.pk}/close?from=today", {"as": "kept"})

    assert answer.headers["Location"] == "/desk/"
    assert "a new key" not in today(desk)


def test_what_was_handed_to_me_stands_first(
    desk: Client, ticket: Ticket, ana: Agent, outsider: Agent
) -> None:
    telling = Telling(wants="a key", tried="", next_step="Call the locksmith", promised="")
    by = Actor.agent(ana.pk)
    hand_over(ticket, to_agent=ana, telling=telling, by=by, at=timezone.now())

    html = today(desk)

    assert html.index("Call the locksmith") < html.index("Next in your queue")


def test_the_page_costs_the_same_for_one_ticket_and_many(
    desk: Client, ticket: Ticket, ana: Agent, django_assert_max_num_queries: object
) -> None:
    assign_ticket(ticket, agent=ana, by=Actor.agent(ana.pk), at=timezone.now())
    for turn in range(8):
        promised(ticket, ana, f"thing {turn}", days=-1)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        html = today(desk)

    assert html.count('data-test="promise-row"') == 5
    assert "All your promises" in html
