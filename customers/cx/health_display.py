"""The health word in words, with the reasons it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

HEALTH_WORDS = {
    "at_risk": gettext_lazy("At risk"),
    "watch": gettext_lazy("Watch"),
    "steady": gettext_lazy("Steady"),
    "unknown": gettext_lazy("Not enough history"),
}
HEALTH_TONES = {"at_risk": "danger", "watch": "warning", "steady": "success", "unknown": ""}


@dataclass(frozen=True)
class Reason:
    """One reason in words; `code` names the rows it opens to."""

    code: str
    text: str


@dataclass(frozen=True)
class Health:
    """The word, how it is toned, and what it rests on."""

    word: str
    label: str
    tone: str
    reasons: tuple[Reason, ...]


_REASONS: dict[str, Callable[[int], str]] = {
    "promise_long_overdue": lambda n: (
        ngettext(
            "a promise is overdue by more than 5 working days",
            "%(n)s promises are overdue by more than 5 working days",
            n,
        )
        % {"n": n}
    ),
    "promise_overdue": lambda n: (
        ngettext("a promise is overdue", "%(n)s promises are overdue", n) % {"n": n}
    ),
    "bad_ratings": lambda n: _("%(n)s of the last three ratings are 2 or less") % {"n": n},
    "last_rating": lambda _n: _("the last rating is 2 or less"),
    "many_contacts": lambda n: (
        ngettext(
            "an open issue took three contacts or more",
            "%(n)s open issues took three contacts or more",
            n,
        )
        % {"n": n}
    ),
    "contacts_and_missed": lambda n: (
        ngettext(
            "an open issue took three contacts or more, and a target was missed",
            "%(n)s open issues took three contacts or more, and targets were missed",
            n,
        )
        % {"n": n}
    ),
    "leaving": lambda n: (
        ngettext(
            "they spoke of leaving in the last 30 days",
            "they spoke of leaving %(n)s times in the last 30 days",
            n,
        )
        % {"n": n}
    ),
    "old_ticket": lambda n: (
        ngettext(
            "an open ticket is older than nine of ten get",
            "%(n)s open tickets are older than nine of ten get",
            n,
        )
        % {"n": n}
    ),
    "reopened": lambda n: _("%(n)s reopenings in 90 days") % {"n": n},
    "solved": lambda n: _("%(n)s issues solved in 12 months") % {"n": n},
}


def health_of(data: Mapping[str, Any]) -> Health:
    """Return the health word of a stored summary with its reasons in words."""
    word = data["health"]["word"]
    reasons = tuple(
        Reason(one["code"], reason_text(one["code"], one["n"])) for one in data["health"]["reasons"]
    )
    return Health(word, str(HEALTH_WORDS[word]), HEALTH_TONES[word], reasons)


def reason_text(code: str, n: int) -> str:
    """Say a reason of the health word that names so many things."""
    return _REASONS[code](n)
