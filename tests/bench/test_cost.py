"""What pages ask of the database does not grow with it: the shape of the cost, not its time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tickets.bench.loading import load
from tickets.bench.measuring import buffers_of, reads_among, statements_of
from tickets.bench.pages import pages_of
from tickets.bench.shape import Shape
from tickets.bench.telling import Teller
from tickets.models import Ticket

SIZES = (400, 1_600)
# 51 tickets and their customers by key, three pages of an index each, and the list's own index.
BUFFERS_MOST = 400
# With session and agent from the cache and the database, as a browser's request has them.
QUERIES = {
    "queue, mine": 4,
    "queue, unassigned": 4,
    "queue, waiting": 4,
    "queue, all": 4,
    "queue, team": 4,
    "queue, all, supervisor": 4,
    "ticket, customer with 200 tickets": 12,
    "profile, 5,000 touchpoints": 12,
    "customers": 2,
    "search, common word": 4,
    "search, rare word": 5,
    "search, common and rare": 5,
    "search, no hit": 5,
    "search, number": 5,
    "search, name": 5,
    "API list of 50": 3,
    "API detail": 3,
}
LISTS = ("queue", "customers", "API list", "search, number", "search, name")


def quiet(_: str) -> None:
    """Nobody watches a test."""


@pytest.fixture(params=SIZES)
def shape(request: pytest.FixtureRequest, workspace: None) -> Shape:
    """A loaded workspace of one of two sizes."""
    shape = Shape(tickets=request.param, messages_per_ticket=4, now=timezone.now())
    load(shape, tell=quiet)
    return shape


def test_pages_ask_and_read_as_much_of_a_large_workspace_as_of_a_small_one(shape: Shape) -> None:
    pages = [page for page in pages_of(shape) if page.name in QUERIES]
    asked = {}
    for page in pages:
        assert page.ask().status_code == page.status
        asked[page.name] = statements_of(page.ask)

    assert {name: len(statements) for name, statements in asked.items()} == QUERIES
    for name, statements in asked.items():
        if name.startswith(LISTS):
            assert max(map(buffers_of, reads_among(statements))) <= BUFFERS_MOST, name


def test_a_loaded_workspace_holds_what_its_shape_says(shape: Shape) -> None:
    tickets = Ticket.objects.all()

    assert tickets.count() == shape.tickets
    assert tickets.filter(customer=shape.BUSY).count() == len(shape.tickets_of_busy())
    assert tickets.filter(opened_at__gt=shape.now).count() == 0
    assert tickets.unfinished().exists()
    assert not tickets.filter(updated_at__gt=shape.now + timedelta(seconds=1)).exists()


def test_the_same_shape_gives_the_same_story() -> None:
    shape = Shape(tickets=60, messages_per_ticket=4, now=timezone.now())
    statuses = {c: (n, c) for n, c in enumerate(("new", "open", "wait_customer"), 1)}
    statuses |= {c: (n, c) for n, c in enumerate(("wait_other", "solved", "closed"), 4)}

    first, again = (list(Teller(shape, statuses).batches()) for _ in range(2))

    assert first == again
