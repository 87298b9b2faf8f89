"""Macros, the lint, suggested promises, the board and handing over, as pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.models import Fact, Promise
from customers.operations import remember_fact
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.macros.models import Macro, MacroUse
from tickets.macros.operations import save_macro
from tickets.models import Category, Ticket
from tickets.operations import assign_ticket, promise_on_ticket
from tickets.speech.models import HandOver, PromiseSuggestion

BY = Actor.system()


@pytest.fixture
def ours(ticket: Ticket) -> Ticket:
    """Kofi's ticket, with an order number that is known from the web form."""
    remember_fact(
        ticket.customer, key="order_number", value="A-1042", source=Fact.Source.FORM, by=BY,
        at=MONDAY_9AM,
    )  # fmt: skip
    return ticket


@pytest.fixture
def macro(db: None) -> Macro:
    text = "Hi {first name}, could you send me your order number? {amount}"
    texts = {"en": text}
    asks = ("order_number",)
    return save_macro(None, name="Ask", texts=texts, asks_for=asks, by=BY, at=MONDAY_9AM)


def written(ticket: Ticket, **changed: object) -> dict[str, Any]:
    fields = {"body": "Try now.", "html": "", "kind": "reply", "then": "wait"}
    return fields | {"last_event": ticket.last_event_id} | changed


def test_the_lint_names_what_is_known_and_where_from(
    desk: Client, ours: Ticket, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    body = {"body": "Could you send me your order number?", "kind": "reply"}
    with django_assert_max_num_queries(6):
        html = desk.post(f"/desk/t/{ours.number}/lint", body).content.decode()

    assert "Already known:" in html
    assert "order A-1042</strong> (web form, 2 Mar)" in html
    assert "I have your order A-1042 here." in html


def test_the_lint_says_nothing_where_nothing_known_is_asked(desk: Client, ours: Ticket) -> None:
    body = {"body": "Your order number is A-1042. Could you send a photo?", "kind": "reply"}

    assert desk.post(f"/desk/t/{ours.number}/lint", body).content.strip() == b""


def test_a_macro_goes_into_the_composer_without_scripts(
    desk: Client, ours: Ticket, macro: Macro
) -> None:
    body = {"macro": macro.pk, "body": "First.", "kind": "reply"}

    html = desk.post(f"/desk/t/{ours.number}/macro", body).content.decode()

    assert "First.\n\nHi Kofi, could you send me your order number? [[amount]]" in html
    assert f'name="macros" value="{macro.pk}"' in html


def test_a_macro_is_handed_to_a_script_as_words(desk: Client, ours: Ticket, macro: Macro) -> None:
    headers = {"Accept": "application/json"}
    answer = desk.post(f"/desk/t/{ours.number}/macro", {"macro": macro.pk}, headers=headers)

    assert answer.json()["gaps"] == ["amount"]


def test_a_sent_reply_remembers_its_macro_and_offers_its_promise(
    desk: Client, ours: Ticket, macro: Macro
) -> None:
    data = written(ours, body="I'll call you tomorrow at 10.", macros=[macro.pk])
    desk.post(f"/desk/t/{ours.number}/write", data)

    assert MacroUse.objects.get().macro == macro
    suggestion = PromiseSuggestion.objects.get()
    html = desk.get(f"/desk/t/{ours.number}").content.decode()
    assert "Track as promise, due" in html
    desk.post(f"/desk/t/{ours.number}/suggestions/{suggestion.pk}/track")
    ours.refresh_from_db()
    assert Promise.objects.get().text == "I'll call you tomorrow at 10."
    assert ours.category == Category.OPEN
    assert "Track as promise" not in desk.get(f"/desk/t/{ours.number}").content.decode()


def test_a_promise_is_made_for_a_day_as_people_say_it(desk: Client, ours: Ticket) -> None:
    data = {"promise-text": "Call back", "promise-due_at": "tomorrow 14:00"}
    desk.post(f"/desk/t/{ours.number}/promise", data)

    due = timezone.localtime(Promise.objects.get().due_at)
    assert (due.hour, due.date()) == (14, timezone.localdate() + timedelta(days=1))


def test_words_that_name_no_time_are_said_so(desk: Client, ours: Ticket) -> None:
    data = {"promise-text": "Call back", "promise-due_at": "sometime"}
    answer = desk.post(f"/desk/t/{ours.number}/promise", data)

    assert answer.status_code == 422
    assert "names no day and time to come" in answer.content.decode()


def test_the_board_keeps_moves_and_closes_in_place(desk: Client, ours: Ticket, ana: Agent) -> None:
    assign_ticket(ours, agent=ana, by=BY, at=MONDAY_9AM)
    late = timezone.now() - timedelta(days=2)
    promise = promise_on_ticket(ours, text="Call", due_at=late, by=BY, at=MONDAY_9AM)
    html = desk.get("/desk/promises/").content.decode()
    assert "Overdue (1)" in html

    desk.post(f"/desk/promises/{promise.pk}/move", {"due_at": "tomorrow 14:00"})
    moved = Promise.objects.get(replaces=promise)
    assert "moved once" in desk.get("/desk/promises/").content.decode()
    desk.post(f"/desk/promises/{moved.pk}/close", {"as": "cancelled"})
    moved.refresh_from_db()
    assert moved.status == Promise.Status.CANCELLED
    assert "Nothing promised is open here" in desk.get("/desk/promises/").content.decode()
    assert "Cancelled by the customer" in desk.get("/desk/promises/?show=done").content.decode()


def test_a_move_to_no_day_is_refused_in_place(desk: Client, ours: Ticket) -> None:
    due = timezone.now() + timedelta(days=2)
    promise = promise_on_ticket(ours, text="Call", due_at=due, by=BY, at=MONDAY_9AM)

    answer = desk.post(f"/desk/promises/{promise.pk}/move?owner=all", {"due_at": "soon"})

    assert answer.status_code == 422
    assert "names no day" in answer.content.decode()


def test_macros_are_written_by_those_who_may(client: Client, ines: Agent, ana: Agent) -> None:
    client.force_login(ines)
    data = {"name": "Thanks", "text_en": "Hi {nobody}"}
    assert "There is no {nobody} here" in client.post(
        "/desk/settings/macros/new", data
    ).content.decode().replace("&#x27;", "'")
    client.post("/desk/settings/macros/new", data | {"text_en": "Hi {first name}"})

    macro = Macro.objects.get()
    assert "Hi Maya" in client.get(f"/desk/settings/macros/{macro.pk}").content.decode()
    client.force_login(ana)
    assert client.get("/desk/settings/macros").status_code == 403


def test_an_answered_ticket_goes_to_another_team_only_with_words(
    desk: Client, ours: Ticket, outsider: Agent
) -> None:
    team = outsider.teams.get()
    desk.post(f"/desk/t/{ours.number}/write", written(ours))

    answer = desk.post(f"/desk/t/{ours.number}/team", {"team": team.pk})

    assert answer["Location"] == f"/desk/t/{ours.number}/hand-over?team={team.pk}"
    page = desk.get(answer["Location"]).content.decode()
    assert f'<option value="{team.pk}" selected>' in page
    desk.post(answer["Location"], {"team": team.pk, "wants": "A code"})
    ours.refresh_from_db()
    assert (ours.team, ours.assignee) == (team, None)


def test_what_comes_next_is_prefilled_from_the_briefing(desk: Client, ours: Ticket) -> None:
    by = Actor.agent(Agent.objects.get(email="ana@example.com").pk)
    empty = desk.get(f"/desk/t/{ours.number}/hand-over").context["form"]
    assert empty["next_step"].value() == ""
    due = timezone.now() - timedelta(days=2)
    promise_on_ticket(ours, text="a new code", due_at=due, by=by, at=due - timedelta(days=1))

    form = desk.get(f"/desk/t/{ours.number}/hand-over").context["form"]

    assert "(a new code), or give a new date." in form["next_step"].value()


def test_a_ticket_is_handed_over_with_words(
    desk: Client, ours: Ticket, tom: Agent, support: Team
) -> None:
    page = desk.get(f"/desk/t/{ours.number}/hand-over").content.decode()
    assert "It says my code has expired." in page

    data = {"agent": tom.pk, "wants": "A code", "next_step": "Reset it"}
    desk.post(f"/desk/t/{ours.number}/hand-over", data)

    given = HandOver.objects.get()
    assert (given.to_agent, given.next_step) == (tom, "Reset it")
    assert "Handed over by Ana Silva" in desk.get(f"/desk/t/{ours.number}").content.decode()


def test_solving_asks_whether_what_was_promised_is_done(desk: Client, ours: Ticket) -> None:
    due = timezone.now() + timedelta(days=2)
    promise = promise_on_ticket(ours, text="Call back", due_at=due, by=BY, at=MONDAY_9AM)

    html = desk.post(f"/desk/t/{ours.number}/solve", follow=True).content.decode()

    assert "Still promised: Call back. Is it done?" in html
    desk.post(f"/desk/t/{ours.number}/promise/{promise.pk}/keep")
    promise.refresh_from_db()
    assert promise.status == Promise.Status.KEPT


def test_the_next_steps_macro_is_one_button_that_needs_no_script(
    desk: Client, ours: Ticket
) -> None:
    late = timezone.now() - timedelta(days=2)
    promise_on_ticket(ours, text="Call", due_at=late, by=BY, at=MONDAY_9AM)
    texts = {"en": "Hi {first name}, sorry."}
    macro = save_macro(None, name="Late", texts=texts, purpose="promise-late", by=BY, at=MONDAY_9AM)
    html = desk.get(f"/desk/t/{ours.number}").content.decode()
    assert "Use macro: Late" in html

    body = {"suggested": macro.pk, "macro": "", "body": "", "kind": "note"}
    html = desk.post(f"/desk/t/{ours.number}/macro", body).content.decode()
    assert "Hi Kofi, sorry." in html
    assert f'name="macros" value="{macro.pk}"' in html
