"""Another system pushes what happened: one event, or many with an answer for each row."""

from datetime import timedelta
from typing import Any

from customers.models import Customer, Order, OutsideEvent
from tests.api.conftest import Call
from tests.conftest import MONDAY_9AM

PATH = "/outside-events/"


def news(external_id: str = "P-1", **fields: Any) -> dict[str, Any]:
    return {
        "kind": "delivery",
        "external_id": external_id,
        "title": "Parcel",
        "at": MONDAY_9AM.isoformat(),
        "customer": [{"kind": "email", "value": "kofi@example.com"}],
        "status": "delayed",
        "fields": {"carrier": "Royal Mail"},
        **fields,
    }


def test_an_event_is_created_once_and_then_the_same(call: Call, kofi: Customer) -> None:
    first = call("post", PATH, source="shop", **news())
    again = call("post", PATH, source="shop", **news())

    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["outcome"], again.json()["outcome"]) == ("created", "same")
    assert first.json()["may_cause_contact"] is True
    assert OutsideEvent.objects.get().fields == {"carrier": "Royal Mail"}


def test_a_refusal_says_why(call: Call, kofi: Customer) -> None:
    view = call("post", PATH, source="shop", **news(kind="page-view"))
    blank = call("post", PATH, source="shop", **news(customer=[]))

    assert (view.status_code, view.json()["code"]) == (409, "consent_missing")
    assert blank.status_code == 422
    assert "customer" in blank.json()["errors"]


def test_many_are_answered_row_by_row(call: Call, kofi: Customer) -> None:
    stranger = news("P-2", customer=[{"kind": "phone", "value": "+233302123456"}])
    order = news("A-1", kind="order", fields={"total": "10", "currency": "GBP"})
    events = [news(), stranger, {"kind": "delivery"}, order, news()]

    answer = call("post", f"{PATH}bulk/", source="shop", events=events)

    told = answer.json()
    assert answer.status_code == 200
    assert (told["created"], told["same"]) == (2, 1)
    assert [(f["row"], f["code"]) for f in told["refused"]] == [
        (1, "customer_unknown"),
        (2, "invalid"),
    ]
    assert "at" in told["refused"][1]["errors"]
    assert Order.objects.get().number == "A-1"


def test_a_customers_events_are_listed_newest_first(call: Call, kofi: Customer) -> None:
    for n in range(3):
        at = (MONDAY_9AM + timedelta(days=n)).isoformat()
        call("post", PATH, source="shop", **news(f"P-{n}", at=at))

    rows = call("get", f"{PATH}?customer={kofi.pk}&kind=delivery").json()["results"]

    assert [row["external_id"] for row in rows] == ["P-2", "P-1", "P-0"]
    assert call("get", f"{PATH}?kind=payment").json()["results"] == []
