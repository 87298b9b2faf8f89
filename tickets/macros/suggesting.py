"""Which macro fits the next step that a briefing suggests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

PROMISE_LATE, INCIDENT = "promise-late", "incident"


def fitting_macro(step: Row, macros: Sequence[Row], *, failed: Iterable[str]) -> Row | None:
    """The macro for a next step, None where no macro fits.

    `step` is the data of the briefing's item, `macros` are rows with purpose, asks_for, topic_id
    and tried_step. A macro whose step is among `failed` is never among them.
    """
    left = [row for row in macros if not _has_failed(row["tried_step"], failed)]
    if purpose := step.get("macro") or step.get("code"):
        return next((row for row in left if row["purpose"] == purpose), None)
    if missing := set(step.get("asks_for", ())):
        asking = [row for row in left if row["asks_for"] and missing.issuperset(row["asks_for"])]
        return max(asking, key=lambda row: len(row["asks_for"]), default=None)
    if topic := step.get("other_of_topic"):
        other = (row for row in left if row["topic_id"] == topic and row["tried_step"])
        return next(other, None)
    return None


def _has_failed(step: str, failed: Iterable[str]) -> bool:
    """Whether a step is one of those that failed; several sent together are joined by commas."""
    return bool(step) and any(f", {step}, " in f", {one}, " for one in failed)
