"""Search: everything an agent may see, nothing else, in four statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from customers.operations import add_identity
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.models import MessageWords, Ticket
from tickets.operations import open_ticket, receive_message
from tickets.search import SearchResults, excerpt_around, highlighted, search, sought_words
from tickets.tasks import age_searched_words

SEARCH_QUERIES = 4


def write(ticket: Ticket, text: str, *, hours: int = 1) -> None:
    by = Actor.customer(ticket.customer_id)
    receive_message(ticket, content=said(text), by=by, at=MONDAY_9AM + timedelta(hours=hours))


def numbers(results: SearchResults) -> list[int]:
    return [found.row["number"] for found in results.messages]


def test_a_number_finds_its_ticket_first(ticket: Ticket, ana: Agent) -> None:
    write(ticket, "Like ticket 1 000")

    assert search(f"#{ticket.number}", agent=ana).tickets[0].row["number"] == ticket.number
    assert search(str(ticket.number), agent=ana).tickets[0].row["number"] == ticket.number


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("kettle", True),
        ("CAFE kettle", True),
        ('"leaking kettle"', True),
        ('"kettle leaking"', False),
        ("kettle -cafe", False),
        ("kettle teapot", False),
        ("%", False),
    ],
)
def test_words_are_found_in_any_order_case_and_accent(
    ticket: Ticket, ana: Agent, query: str, *, is_found: bool
) -> None:
    write(ticket, "The leaking kettle of your Café.")

    assert bool(search(query, agent=ana)) == is_found


def test_what_is_no_longer_recent_is_found_in_the_second_step(ticket: Ticket, ana: Agent) -> None:
    write(ticket, "An old kettle")
    MessageWords.objects.update(is_recent=False)
    write(ticket, "A new kettle")

    results = search("kettle", agent=ana)

    assert numbers(results) == [ticket.number]
    assert results.messages[0].row["text"] == "A new kettle"


def test_other_teams_words_subjects_and_numbers_stay_hidden(
    ticket: Ticket, outsider: Agent, ines: Agent
) -> None:
    for query in ("expired", "sign in", str(ticket.number)):
        results = search(query, agent=outsider)
        assert not results.tickets
        assert not results.messages
        assert search(query, agent=ines).tickets or search(query, agent=ines).messages


@pytest.mark.parametrize("query", ["kofi", "mens", "KOFI@example", "example.com", "030 2123456"])
def test_people_are_found_by_name_address_and_phone(kofi: Customer, ana: Agent, query: str) -> None:
    by = Actor.system()
    add_identity(kofi, kind="phone", value="+233 30 212 3456", by=by, at=MONDAY_9AM)

    assert [f.row["customer_id"] for f in search(query, agent=ana).customers] == [kofi.pk]


def test_found_words_are_marked_and_nothing_else_is_markup(desk: Client, ticket: Ticket) -> None:
    write(ticket, "<script>alert(1)</script> my KÉTTLE & cup")

    html = desk.get("/desk/search/?q=kettle").content.decode()

    assert "<mark>KÉTTLE</mark> &amp; cup" in html
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "Found(row=" not in html  # what was found is no message of the framework


def test_marks_fall_on_whole_characters() -> None:
    assert highlighted("Straße & ﬁre <b>", ["stra"]) == "<mark>Stra</mark>ße &amp; ﬁre &lt;b&gt;"
    assert excerpt_around(f"{'word ' * 100}needle {'word ' * 100}", ["needle"]).count("…") == 2
    assert sought_words('Refund "never  Arrived" -parcel') == ["refund", "never arrived"]


@pytest.mark.parametrize("count", [5, 60])
def test_a_search_costs_four_statements_whatever_it_finds(
    desk: Client, ticket: Ticket, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    by = Actor.customer(ticket.customer_id)
    for n in range(count):
        open_ticket(
            customer=ticket.customer,
            subject=f"Kettle {n}",
            content=said("The kettle"),
            by=by,
            at=MONDAY_9AM,
        )
    desk.get("/desk/search/?q=kettle")

    with django_assert_max_num_queries(SEARCH_QUERIES + 2):  # with session and user
        desk.get("/desk/search/?q=kettle")


def test_nothing_found_explains_how_to_search(desk: Client) -> None:
    html = desk.get("/desk/search/?q=zzzzz").content.decode()

    assert "Nothing was found for “zzzzz”." in html
    assert "Words side by side in quotes" in html


def test_the_night_leaves_only_the_newest_in_the_small_index(ticket: Ticket) -> None:
    for n in range(4):
        write(ticket, f"Message {n}", hours=n + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE tickets_messagewords"
        )  # how many there are is the planner's estimate

    age_searched_words(least=2)

    recent = MessageWords.objects.filter(is_recent=True).order_by("at")
    assert [words.message.text for words in recent] == ["Message 2", "Message 3"]
