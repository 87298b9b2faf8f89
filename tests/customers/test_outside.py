"""What other systems tell of a customer: kept once, found by any address, on the timeline."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customers import errors
from customers.models import Customer, Order, OutsideEvent, Touchpoint, TouchpointYear
from customers.operations import (
    News,
    Outcome,
    add_identity,
    give_consent,
    record_outside_event,
    withdraw_consent,
)
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM

BY = Actor.system()
PARCEL = News(
    kind="delivery",
    external_id="P-1",
    title="Parcel P-1",
    at=MONDAY_9AM,
    addresses=(("email", "KOFI@example.com"),),
    status="on its way",
    fields={"carrier": "Royal Mail"},
)
ORDER = replace(
    PARCEL, kind="order", external_id="A-1", fields={"total": "64,90", "currency": "gbp"}
)


def tell(news: News, **options: object) -> Outcome:
    told = record_outside_event(news, source="shop", by=BY, at=MONDAY_9AM, **options)  # type: ignore[arg-type]
    return told.outcome


def test_an_event_stands_on_the_timeline_with_its_card(kofi: Customer) -> None:
    assert tell(PARCEL) == Outcome.CREATED

    moment = Touchpoint.objects.get(customer=kofi, kind="event")
    assert (moment.title, moment.at) == ("Parcel P-1", MONDAY_9AM)
    assert moment.data["shown"] == "Royal Mail"
    assert not moment.data["may_cause_contact"]


def test_telling_it_again_changes_nothing_and_a_new_state_is_kept(kofi: Customer) -> None:
    tell(PARCEL)
    late = replace(PARCEL, status="Delayed", at=MONDAY_9AM + timedelta(days=400))

    assert tell(PARCEL) == Outcome.SAME
    assert tell(late) == Outcome.CHANGED

    moment = Touchpoint.objects.get(customer=kofi, kind="event")
    assert (moment.at, moment.data["status"]) == (late.at, "Delayed")
    assert moment.data["may_cause_contact"]
    counts = dict(TouchpointYear.objects.values_list("year", "touchpoints"))
    assert counts == {2026: 0, 2027: 1}


def test_every_change_makes_briefings_stale(kofi: Customer) -> None:
    tell(PARCEL)
    kofi.refresh_from_db()
    before = kofi.revision
    tell(replace(PARCEL, status="lost"))
    kofi.refresh_from_db()

    assert kofi.revision > before


def test_the_customer_is_found_by_any_address(kofi: Customer) -> None:
    add_identity(kofi, kind="external", value="C-77", by=BY, at=MONDAY_9AM)
    addresses = (("email", "nobody@example.com"), ("external", "C-77"))

    tell(replace(PARCEL, addresses=addresses))

    assert OutsideEvent.objects.get().customer == kofi


def test_nobody_is_met_unless_that_is_asked_for(kofi: Customer) -> None:
    strange = replace(PARCEL, addresses=(("email", "new@example.com"),))

    with pytest.raises(errors.CustomerUnknown, match=r"new@example\.com"):
        tell(strange)
    tell(strange, meets_new=True)

    assert Customer.objects.filter(identities__value="new@example.com").exists()


@pytest.mark.parametrize(
    ("news", "error"),
    [
        (replace(PARCEL, kind="dream"), errors.UnknownEventKind),
        (replace(PARCEL, addresses=()), errors.NobodyNamed),
        (replace(PARCEL, addresses=(("email", "x"),)), errors.NotAnAddress),
        (replace(PARCEL, fields=dict.fromkeys(map(str, range(31)), 1)), errors.TooManyFields),
        (replace(ORDER, fields={"currency": "GBP"}), errors.IncompleteOrder),
        (replace(ORDER, fields={"total": "NaN", "currency": "GBP"}), errors.IncompleteOrder),
    ],
)
def test_what_cannot_be_kept_is_refused(kofi: Customer, news: News, error: type) -> None:
    with pytest.raises(error):
        tell(news)
    assert not Touchpoint.objects.filter(customer=kofi).exists()


def test_page_views_are_kept_only_with_consent(kofi: Customer) -> None:
    view = replace(PARCEL, kind="page-view", fields={"url": "/kettles"})
    with pytest.raises(errors.ConsentMissing):
        tell(view)

    give_consent(kofi, purpose="page_views", evidence="cookie banner", by=BY, at=MONDAY_9AM)
    assert tell(view) == Outcome.CREATED
    withdraw_consent(kofi, purpose="page_views", by=BY, at=MONDAY_9AM)

    with pytest.raises(errors.ConsentMissing):
        tell(replace(view, external_id="P-2"))


def test_an_order_stays_an_order_and_keeps_its_newest_state(kofi: Customer) -> None:
    assert tell(ORDER) == Outcome.CREATED
    assert tell(ORDER) == Outcome.SAME
    assert tell(replace(ORDER, status="refunded")) == Outcome.CHANGED

    order = Order.objects.get()
    assert (str(order.total), order.currency, order.status) == ("64.90", "GBP", "refunded")
    assert not OutsideEvent.objects.exists()


def test_an_order_of_somebody_else_is_refused(kofi: Customer) -> None:
    tell(ORDER)
    with pytest.raises(errors.OrderTaken):
        tell(replace(ORDER, addresses=(("email", "ama@example.com"),)), meets_new=True)
