from datetime import datetime

from django.db import transaction

from customers.feedback.models import Rating
from customers.feedback.operations import Verdict, record_rating, withdraw_rating
from helpdesk.lib.actors import Actor
from tickets.events import record_event
from tickets.models import Ticket, TicketEvent

_TOLD = ("score", "solved", "repeated", "comment")


@transaction.atomic
def rate_ticket(
    ticket: Ticket,
    *,
    score: int,
    scale: str = Rating.Scale.CSAT,
    solved: str = "",
    repeated: str = "",
    comment: str = "",
    agent_id: int | None = None,
    external_id: str,
    by: Actor,
    at: datetime,
) -> Rating:
    """Keep the customer's verdict on a ticket, 1 to 5 for CSAT, once per `external_id`.

    The same verdict again changes nothing; another one takes its place. Credit goes to `agent_id`,
    who answered; a ticket nobody answered is rated without one.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    before = Rating.objects.filter(external_id=external_id).first()
    verdict = Verdict(score=score, scale=scale, solved=solved, repeated=repeated, comment=comment)
    rating = record_rating(
        ticket.customer,
        verdict=verdict,
        agent_id=agent_id,
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        external_id=external_id,
        by=by,
        at=at,
    )
    if before and all(getattr(before, name) == getattr(rating, name) for name in _TOLD):
        return rating
    old = {"score": before.score} if before else {}
    new = {"rating": rating.pk, "score": score, "of": rating.best}
    record_event(ticket, TicketEvent.Kind.RATED, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return rating


@transaction.atomic
def unrate_ticket(ticket: Ticket, *, rating: Rating, by: Actor, at: datetime) -> None:
    """Take a rating back that no person gave: it counts nowhere any more."""
    ticket = Ticket.objects.lock(ticket.pk)
    old = {"rating": rating.pk, "score": rating.score, "of": rating.best}
    withdraw_rating(rating)
    record_event(ticket, TicketEvent.Kind.RATED, old=old, new={"withdrawn": True}, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
