"""Whether those who answer surveys were treated otherwise than those who do not (METRICS 5.3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from django.utils.translation import gettext as _

from customers.cx.models import CXFact
from customers.cx.spreads import median_interval, wilson
from helpdesk.templatetags.desk import duration
from tickets.feedback.models.invitation import InvitationQuerySet

# Below so many on either side nothing is compared.
COMPARED_FROM = 20


@dataclass(frozen=True)
class Group:
    """How tickets went: seconds to the first reply of each, and how many were reopened."""

    waits: Sequence[float]
    reopened: int
    n: int


def note_of_bias(asked: InvitationQuerySet) -> str:
    """Say how the tickets of those who answered differ from those of who did not, or "".

    `asked` are delivered invitations about tickets. Said only where the 95 % intervals of the
    median first reply, or of the share reopened, do not meet.
    """
    tickets = asked.filter(event_id__isnull=False)
    answered = set(tickets.filter(answers__stands=True).values_list("ticket__number", flat=True))
    silent = set(tickets.values_list("ticket__number", flat=True)) - answered
    if min(len(answered), len(silent)) < COMPARED_FROM:
        return ""
    return compare(_group(answered), _group(silent))


def compare(answered: Group, silent: Group) -> str:
    """Put large differences between two groups in words; "" where there is none."""
    said = []
    if min(len(answered.waits), len(silent.waits)) >= COMPARED_FROM:
        theirs, others = sorted(answered.waits), sorted(silent.waits)
        if _are_apart(median_interval(theirs), median_interval(others)):
            words = _("they waited %(theirs)s for the first reply (median), the others %(others)s")
            said.append(
                words % {"theirs": duration(median(theirs)), "others": duration(median(others))}
            )
    if _are_apart(wilson(answered.reopened, answered.n), wilson(silent.reopened, silent.n)):
        words = _("%(theirs)s %% of theirs were reopened, %(others)s %% of the others'")
        shares = (100 * answered.reopened / answered.n, 100 * silent.reopened / silent.n)
        said.append(words % {"theirs": round(shares[0]), "others": round(shares[1])})
    if not said:
        return ""
    return _("Those who answered are not like the rest: %(how)s.") % {"how": "; ".join(said)}


def _group(numbers: Collection[int]) -> Group:
    facts = CXFact.objects.filter(ticket_number__in=numbers)
    waits = facts.filter(kind="first_response").values_list("value", flat=True)
    reopened = facts.filter(kind="reopened").values("ticket_number").distinct().count()
    return Group([value for value in waits if value is not None], reopened, len(numbers))


def _are_apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[1] < other[0] or other[1] < one[0]
