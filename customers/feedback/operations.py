from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.feedback.models import BEST, Rating
from customers.models import Customer, Touchpoint
from customers.operations import note_change, record_touchpoint, withdraw_touchpoint
from helpdesk.lib.actors import Actor

Scale = Rating.Scale
_NAMES = {Scale.CES: "CES", Scale.NPS: "NPS"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a customer says of us: a score on a scale, and what was asked beside it."""

    score: int
    scale: str = Scale.CSAT
    solved: str = ""
    repeated: str = ""
    comment: str = ""


@transaction.atomic
def record_rating(
    customer: Customer,
    *,
    verdict: Verdict,
    agent_id: int | None = None,
    team_id: int | None = None,
    ticket_number: int | None = None,
    external_id: str,
    by: Actor,
    at: datetime,
) -> Rating:
    """Keep what a customer thought, once per `external_id`, and put it on the timeline.

    Told again with another verdict, the last one counts, at the moment it was given; the same
    verdict again changes nothing.
    """
    told = {name: getattr(verdict, name) for name in _TOLD}
    rating, is_new = Rating.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        external_id=external_id,
        defaults=told
        | {
            "customer": customer,
            "agent_id": agent_id,
            "team_id": team_id,
            "ticket_number": ticket_number,
            "at": at,
        },
    )
    if is_new:
        _touch(rating)
    elif any(getattr(rating, name) != value for name, value in told.items()):
        _change(rating, told | {"at": at})
    return rating


@transaction.atomic
def withdraw_rating(rating: Rating) -> None:
    """Take a rating back, from the timeline too, as if it had never been given."""
    kind = Touchpoint.Kind.RATING
    withdraw_touchpoint(rating.customer_id, kind=kind, ref_kind="rating", ref_id=rating.pk)
    note_change(rating.customer_id)
    rating.delete()


_TOLD = ("score", "scale", "solved", "repeated", "comment")


def _change(rating: Rating, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(rating, name, value)
    rating.save(update_fields=list(told))
    moment = Touchpoint.objects.filter(
        kind=Touchpoint.Kind.RATING, ref_kind="rating", ref_id=rating.pk
    )
    moment.update(title=_title(rating), text=rating.comment, data=_data(rating))
    note_change(rating.customer_id)


def _touch(rating: Rating) -> None:
    record_touchpoint(
        rating.customer_id,
        kind=Touchpoint.Kind.RATING,
        at=rating.at,
        title=_title(rating),
        text=rating.comment,
        direction=Touchpoint.Direction.INBOUND,
        agent_id=rating.agent_id,
        team_id=rating.team_id,
        ticket_number=rating.ticket_number,
        ref_kind="rating",
        ref_id=rating.pk,
        data=_data(rating),
    )


def _title(rating: Rating) -> str:
    """The score alone for CSAT, which the timeline and the briefing read as a number of 5."""
    name = _NAMES.get(Scale(rating.scale))
    return f"{name} {rating.score}/{BEST[rating.scale]}" if name else str(rating.score)


def _data(rating: Rating) -> dict[str, Any]:
    told: dict[str, Any] = {"solved": rating.solved, "repeated": rating.repeated}
    if rating.scale != Scale.CSAT:
        told |= {"scale": rating.scale, "score": rating.score}
    return {name: value for name, value in told.items() if value != ""}
