"""CSAT, CES 2.0 and NPS in numbers no surer than their n allows (METRICS 5.3, 5.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import mean, stdev

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.cx.display import SUMMARY_FROM, show_share
from customers.cx.spreads import INTERVAL_FROM, Z
from customers.feedback.models import Rating
from customers.models import Customer
from helpdesk.accounts.models import Agent
from tickets.feedback.models import Answer, Invitation
from tickets.feedback.models.answer import AnswerQuerySet
from tickets.feedback.models.invitation import InvitationQuerySet

Scale = Rating.Scale
GOOD, EASY, HARD = 4, 5, 3
PROMOTER, DETRACTOR = 9, 6
# Adjusted Wald (Sauro and Lewis): three more answers, a quarter of them passive.
ADDED, ADDED_EACH = 3, 0.75


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number as it is shown: its words, what stands beside it, and how much it rests on."""

    key: str
    label: str
    text: str
    note: str
    n: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What became of the invitations of a scale in a period."""

    delivered: int
    answered: int
    undelivered: int
    left_out: int

    @property
    def words(self) -> str:
        share = show_share(self.answered, self.delivered, nothing=_("none delivered"))
        said = [_("answered of delivered: %(share)s") % {"share": share}]
        if self.undelivered:
            said.append(_("%(n)s not delivered") % {"n": self.undelivered})
        if self.left_out:
            said.append(_("%(n)s left out by the rules") % {"n": self.left_out})
        return ", ".join(said)


def good_of(scores: Iterable[float], *, least: int = GOOD) -> int:
    """Count the scores that are good enough: 4 and 5 of CSAT, or from `least` on."""
    return sum(score >= least for score in scores)


def sides_of(scores: Sequence[float]) -> tuple[int, int]:
    """Count promoters and detractors among NPS scores."""
    return good_of(scores, least=PROMOTER), sum(score <= DETRACTOR for score in scores)


def spread_of(scores: Iterable[int]) -> str:
    """Say how often each CSAT score was given."""
    shares = Counter(scores)
    return ", ".join(f"{score}: {shares[score]}" for score in range(1, 6))


def nps_interval(promoters: int, detractors: int, n: int) -> tuple[float, float, float]:
    """Return the net promoter score of n answers and the ends of its 95 % adjusted-Wald interval,
    each from -100 to 100.
    """
    total = n + ADDED
    p, d = (promoters + ADDED_EACH) / total, (detractors + ADDED_EACH) / total
    half = Z * sqrt((p + d - (p - d) ** 2) / total)
    raw = 100 * (promoters - detractors) / n
    return raw, max(-100.0, 100 * (p - d - half)), min(100.0, 100 * (p - d + half))


def mean_interval(values: Sequence[int]) -> tuple[float, float, float]:
    """Return the mean and the ends of its 95 % t-interval; from ten values on."""
    middle = mean(values)
    half = t_quantile(len(values) - 1) * stdev(values) / sqrt(len(values))
    return middle, middle - half, middle + half


def t_quantile(freedom: int) -> float:
    """Student's t at 97.5 %, by its expansion around the normal one (Abramowitz and Stegun
    26.7.5): right to three digits from nine degrees of freedom on.
    """
    z = 1.959964
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return sum((term / float(freedom) ** power for power, term in enumerate(terms)), 0.0)


def answers_seen(agent: Agent, *, since: datetime, team: int | None = None) -> AnswerQuerySet:
    """The answers that count and an agent may see since a moment; of one team's tickets."""
    found = Answer.objects.visible_to(agent).standing().filter(at__gte=since)
    return found if team is None else found.filter(invitation__ticket__team=team)


def invitations_seen(agent: Agent, *, team: int | None = None) -> InvitationQuerySet:
    """The invitations an agent may see; of one team's tickets."""
    found = Invitation.objects.visible_to(agent)
    return found if team is None else found.filter(ticket__team=team)


def answered_and_sent(customer: Customer) -> tuple[int, int]:
    """Return how many surveys a customer has answered, and how many reached them."""
    sent = Invitation.objects.filter(customer=customer).delivered()
    return sent.filter(answers__stands=True).count(), sent.count()


def feedback_numbers(agent: Agent, *, since: datetime, team: int | None = None) -> list[Number]:
    """The numbers of the answers an agent may see since a moment, each with what it rests on.

    CSAT and NPS count once a customer: their last answer.
    """
    standing = answers_seen(agent, since=since, team=team)
    invited = invitations_seen(agent, team=team)
    return [
        *(_of_scale(scale, standing, invited, since=since) for scale in Scale.values),
        _share(standing, "solved", Answer.Solved.FIRST, _("Solved at first contact, they say")),
        _share(standing, "repeated", Answer.Repeated.NO, _("Did not have to repeat themselves")),
    ]


def asked_since(invited: InvitationQuerySet, *, since: datetime) -> Asked:
    """What became of the invitations sent, or left out, since a moment."""
    sent = invited.filter(sent_at__gte=since)
    delivered = sent.delivered()
    return Asked(
        delivered=delivered.count(),
        answered=delivered.filter(answers__stands=True).count(),
        undelivered=sent.filter(message__delivery__in=("bounced", "failed")).count(),
        left_out=invited.filter(state=Invitation.State.LEFT_OUT, due_at__gte=since).count(),
    )


def _of_scale(
    scale: str, standing: AnswerQuerySet, invited: InvitationQuerySet, *, since: datetime
) -> Number:
    found = standing.filter(invitation__survey__scale=scale)
    answers = found.count()
    if scale in {Scale.CSAT, Scale.NPS}:
        found = found.order_by("invitation__customer", "-at", "-pk")
        found = found.distinct("invitation__customer")
    values = list(found.values_list("score", flat=True))
    notes = [asked_since(invited.filter(survey__scale=scale), since=since).words]
    if answers > len(values):
        notes.insert(0, _("the last of %(n)s answers for each customer") % {"n": answers})
    labels = {Scale.CSAT: _("CSAT"), Scale.CES: _("CES 2.0"), Scale.NPS: _("NPS®")}
    show = {Scale.CSAT: show_csat, Scale.CES: show_ces, Scale.NPS: show_nps}[Scale(scale)]
    return Number(
        key=scale,
        label=labels[Scale(scale)],
        text=show(values),
        note=", ".join(notes),
        n=len(values),
    )


def show_csat(values: Sequence[int]) -> str:
    """Say how many rated 4 or 5; below five answers, each of them."""
    if few := _few(values):
        return few
    share = show_share(good_of(values), len(values), nothing="")
    return _("%(share)s rated 4 or 5 (%(spread)s)") % {"share": share, "spread": spread_of(values)}


def show_ces(values: Sequence[int]) -> str:
    """Say the mean of 1 to 7 with its interval; below ten answers, each of them."""
    n = len(values)
    if n < INTERVAL_FROM:
        return ", ".join(map(str, values)) or _("No answers yet")
    middle, low, high = mean_interval(values)
    return _("mean %(mean)s (%(low)s to %(high)s), easy %(easy)s, hard %(hard)s") % {
        "mean": f"{middle:.1f}",
        "low": f"{max(1.0, low):.1f}",
        "high": f"{min(7.0, high):.1f}",
        "easy": show_share(good_of(values, least=EASY), n, nothing=""),
        "hard": show_share(sum(value <= HARD for value in values), n, nothing=""),
    }


def show_nps(values: Sequence[int]) -> str:
    """Say promoters less detractors, from -100 to 100, with its interval, from ten answers on."""
    if few := _few(values):
        return few
    n = len(values)
    promoters, detractors = sides_of(values)
    counts = _("%(p)s promoters, %(d)s detractors of %(n)s") % {
        "p": promoters,
        "d": detractors,
        "n": n,
    }
    if n < INTERVAL_FROM:
        return counts
    raw, low, high = nps_interval(promoters, detractors, n)
    return f"{raw:+.0f} ({low:+.0f} … {high:+.0f}); {counts}"


def _few(values: Sequence[int]) -> str:
    """Too few to summarise: each value, or that there is none."""
    if len(values) >= SUMMARY_FROM:
        return ""
    return ", ".join(map(str, values)) or _("No answers yet")


def _share(standing: AnswerQuerySet, field: str, wanted: str, label: str) -> Number:
    answered = standing.exclude(**{field: ""})
    n, k = answered.count(), answered.filter(Q(**{field: wanted})).count()
    text = show_share(k, n, nothing=_("Nobody answered this yet"))
    return Number(key=field, label=label, text=text, note="", n=n)
