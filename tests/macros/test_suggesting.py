from typing import Any

from tickets.macros.suggesting import Row, fitting_macro


def row(name: str, **fields: Any) -> Row:
    return {"name": name, "purpose": "", "asks_for": [], "topic_id": 1, "tried_step": ""} | fields


def found(step: Row, *macros: Row, failed: tuple[str, ...] = ()) -> str | None:
    macro = fitting_macro(step, macros, failed=failed)
    return macro["name"] if macro else None


def test_a_macro_fits_by_the_purpose_that_the_step_names() -> None:
    late = row("Late", purpose="promise-late")

    assert found({"macro": "promise-late"}, row("Other"), late) == "Late"
    assert found({"code": "re-issue"}, late, row("Again", purpose="re-issue")) == "Again"
    assert found({"macro": "incident"}, late) is None


def test_a_macro_asks_for_the_missing_facts_and_for_no_others() -> None:
    missing = {"asks_for": ["order_number", "photo"]}
    one, both = row("One", asks_for=["photo"]), row("Both", asks_for=["photo", "order_number"])
    more = row("More", asks_for=["photo", "order_number", "amount"])

    assert found(missing, one, more, both) == "Both"
    assert found(missing, row("None"), more) is None


def test_a_step_that_failed_is_never_offered_again() -> None:
    wait = row("Wait", tried_step="asked to wait", purpose="re-issue")
    chase = row("Chase", tried_step="asked finance")

    assert found({"other_of_topic": 1}, wait, chase, failed=("filed, asked to wait",)) == "Chase"
    assert found({"code": "re-issue"}, wait, failed=("asked to wait",)) is None
    assert found({"other_of_topic": 2}, wait, chase) is None


def test_a_step_without_a_macro_has_none() -> None:
    assert found({}, row("Any", tried_step="x")) is None
