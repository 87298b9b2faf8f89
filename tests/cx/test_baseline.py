from datetime import timedelta

from customers.cx.baseline import by_kind, refresh_baseline, usual_in
from customers.cx.cells import cells
from customers.cx.facts import NewFact, keep_facts
from customers.cx.models import CXFact
from customers.cx.seen import Seen
from customers.cx.summary import summarise
from customers.operations import identify_customer
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM

HOUR = timedelta(hours=1)


def replied(customers: int, each: int) -> None:
    """That many customers with that many first replies, of one hour each."""
    for number in range(customers):
        customer = identify_customer(
            kind="email", value=f"c{number}@example.com", by=Actor.system(), at=MONDAY_9AM
        )
        facts = [
            NewFact(
                customer_id=customer.pk,
                kind="first_response",
                ref=str(one),
                at=MONDAY_9AM - one * HOUR,
                value=3600.0,
                data={"business": 1800.0},
            )
            for one in range(each)
        ]
        keep_facts(CXFact.objects.none(), facts)


def test_nothing_is_usual_among_few_customers(db: None) -> None:
    replied(customers=19, each=10)

    refresh_baseline(at=MONDAY_9AM)

    assert by_kind(usual_in("")) == {}


def test_what_is_usual_stands_beside_enough_values_with_its_n(db: None) -> None:
    replied(customers=20, each=5)
    refresh_baseline(at=MONDAY_9AM)

    own = [Seen("first_response", MONDAY_9AM, 60.0, n, {"business": 60.0}) for n in range(5)]
    for seen, said in ((own, "usual here 30 m (n 100)"), ([], "")):
        shown = cells(summarise(seen, at=MONDAY_9AM), at=MONDAY_9AM, usual=by_kind(usual_in("")))
        assert next(cell.usual for cell in shown if cell.key == "first_reply") == said
