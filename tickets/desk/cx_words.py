"""The words of the CX summary's rows, changes and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from customers.cx.changes import Change
from customers.cx.display import Cell
from customers.cx.health_display import HEALTH_WORDS, reason_text
from customers.cx.models import CXFact, HealthChange
from customers.cx.value import Value
from customers.models import Customer, Order
from helpdesk.templatetags.desk import channel_name, duration

SECONDS = frozenset({"first_response", "next_response", "time_to_solve"})
BEST = {"rating": 5, "ces": 7, "nps": 10}
_MISSED_OR_MET = (_lazy("missed"), _lazy("met"))
# What 0 and 1 mean; the others only happened, which needs no value.
ANSWERS = {
    "first_contact": (_lazy("no"), _lazy("yes")),
    "one_touch": (_lazy("no"), _lazy("yes")),
    "invited": (_lazy("not answered"), _lazy("answered")),
    "target_first_reply": _MISSED_OR_MET,
    "target_next_reply": _MISSED_OR_MET,
    "target_solving": _MISSED_OR_MET,
}
KINDS = {
    "contact": _lazy("contact"),
    "first_response": _lazy("first reply"),
    "next_response": _lazy("next reply"),
    "time_to_solve": _lazy("solved"),
    "open": _lazy("still open"),
    "first_contact": _lazy("solved first time"),
    "one_touch": _lazy("solved with one reply"),
    "reopened": _lazy("reopened"),
    "transfer": _lazy("transferred"),
    "promise": _lazy("promise"),
    "rating": _lazy("rating"),
    "ces": _lazy("CES"),
    "nps": _lazy("NPS®"),
    "invited": _lazy("survey sent"),
    "reasked": _lazy("asked again for what we knew"),
    "leaving": _lazy("spoke of leaving"),
    "order": _lazy("order"),
    "lost": _lazy("fell silent"),
    "article": _lazy("read an article"),
    "target_first_reply": _lazy("target: first reply"),
    "target_next_reply": _lazy("target: next reply"),
    "target_solving": _lazy("target: solving"),
}
# The block whose rows prove a change.
_BLOCK_OF = {
    "promise": "promises",
    "rating": "ratings",
    "ces": "ratings",
    "nps": "ratings",
    "reopened": "reopens",
    "leaving": "leaving",
}


@dataclass(frozen=True)
class Row:
    """One row behind a number."""

    at: datetime
    what: str
    value: str
    ticket_number: int | None
    customer: Customer


@dataclass(frozen=True)
class ChangeWords:
    """What has changed, and the block whose rows say so; no block for the health word itself."""

    at: datetime
    text: str
    block: str
    ticket_number: int | None


@dataclass(frozen=True)
class HistoryWords:
    """One change of the health word, with what the new one rested on."""

    at: datetime
    before: str
    now: str
    reasons: tuple[str, ...]


def history_words(rows: Iterable[HealthChange]) -> list[HistoryWords]:
    return [
        HistoryWords(
            row.at,
            str(HEALTH_WORDS[row.from_word]),
            str(HEALTH_WORDS[row.to_word]),
            tuple(reason_text(one["code"], one["n"]) for one in row.reasons),
        )
        for row in rows
    ]


def row_of_fact(fact: CXFact) -> Row:
    kind = str(KINDS.get(fact.kind, fact.kind.replace("_", " ")))
    text = str(fact.data.get("text") or fact.data.get("comment") or "")
    channel = channel_name(str(fact.data.get("channel", ""))) if fact.kind == "contact" else ""
    what = ": ".join(part for part in (kind, text or channel) if part)
    return Row(fact.at, what, _value(fact), fact.ticket_number, fact.customer)


def _value(fact: CXFact) -> str:
    if fact.kind == "promise":
        return str(fact.data.get("status", "")).replace("_", " ")
    if fact.value is None:
        return ""
    if fact.kind in SECONDS:
        return duration(fact.value)
    if fact.kind in BEST:
        return _("%(score)g of %(best)s") % {"score": fact.value, "best": BEST[fact.kind]}
    no, yes = ANSWERS.get(fact.kind, ("", ""))
    return str(yes if fact.value else no)


def row_of_order(order: Order) -> Row:
    what = f"{order.get_kind_display()} {order.number}"
    return Row(order.placed_at, what, f"{order.currency} {order.total:,.2f}", None, order.customer)


def change_words(changes: Iterable[Change]) -> list[ChangeWords]:
    return [
        ChangeWords(
            change.at,
            _change(change),
            _BLOCK_OF.get(change.kind, "targets" if change.kind.startswith("target_") else ""),
            change.ticket_number,
        )
        for change in changes
    ]


def _change(change: Change) -> str:
    if change.kind == "health":
        words = {"before": HEALTH_WORDS[change.from_word], "now": HEALTH_WORDS[change.to_word]}
        return _("health: %(before)s → %(now)s") % words
    if change.kind == "promise":
        return _("promise overdue: %(text)s") % {"text": change.text}
    if change.kind.startswith("target_"):
        name = str(KINDS[change.kind]).rpartition(": ")[2]
        return _("target missed: %(name)s") % {"name": name}
    if change.kind not in BEST:
        return str(KINDS[change.kind])
    scale = {"rating": _("rated"), "ces": "CES", "nps": "NPS®"}[change.kind]
    score = {"scale": scale, "score": f"{change.value or 0:g}", "best": BEST[change.kind]}
    return _("%(scale)s %(score)s of %(best)s") % score


def reason_words(code: str, n: int) -> str:
    """A reason of the health word as the title of its rows."""
    return reason_text(code, n)[:1].upper() + reason_text(code, n)[1:]


def value_cell(value: Value) -> Cell:
    """What they have bought, since when, and whether they have fallen silent."""
    totals = " · ".join(f"{currency} {total:,.2f}" for currency, total in value.totals)
    notes = [ngettext("%(n)s order", "%(n)s orders", value.sales) % {"n": value.sales}]
    if value.returns:
        returns = ngettext("%(n)s return", "%(n)s returns", value.returns)
        notes.append(returns % {"n": value.returns})
    notes.append(_("since %(day)s") % {"day": f"{value.first_at:%Y-%m-%d}"})
    if value.quiet_for is not None and value.usual_gap is not None:
        words = {
            "days": value.quiet_for,
            "usual": f"{value.usual_gap:g}",
            "n": value.gaps,
        }
        notes.append(
            _("quiet for %(days)s d, usually every %(usual)s d (median of %(n)s gaps)") % words
        )
    notes.append(_("no lifetime value: margins are not told to us"))
    return Cell("value", _("Bought, less returns"), totals, value.sales, note=", ".join(notes))
