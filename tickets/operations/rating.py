from datetime import datetime

from django.db import transaction

from customers.feedback.models import Rating
from customers.feedback.operations import record_rating
from helpdesk.lib.actors import Actor
from tickets.events import record_event
from tickets.models import Ticket, TicketEvent


@transaction.atomic
def rate_ticket(
    ticket: Ticket,
    *,
    score: int,
    comment: str = "",
    agent_id: int | None = None,
    external_id: str,
    by: Actor,
    at: datetime,
) -> Rating:
    """Keep the customer's verdict on a ticket, 1 to 5, once per `external_id`.

    Credit goes to `agent_id`, who answered; a ticket nobody answered is rated without one.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    known = Rating.objects.filter(external_id=external_id).first()
    if known:
        return known
    rating = record_rating(
        ticket.customer,
        score=score,
        comment=comment,
        agent_id=agent_id,
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        external_id=external_id,
        by=by,
        at=at,
    )
    new = {"rating": rating.pk, "score": score}
    record_event(ticket, TicketEvent.Kind.RATED, new=new, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return rating
