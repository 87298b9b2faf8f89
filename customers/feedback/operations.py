from datetime import datetime

from django.db import transaction

from customers.feedback.models import Rating
from customers.models import Customer, Touchpoint
from customers.operations import record_touchpoint
from helpdesk.lib.actors import Actor


@transaction.atomic
def record_rating(
    customer: Customer,
    *,
    score: int,
    comment: str = "",
    agent_id: int | None = None,
    team_id: int | None = None,
    ticket_number: int | None = None,
    external_id: str,
    by: Actor,
    at: datetime,
) -> Rating:
    """Keep what a customer thought, 1 to 5, once per `external_id`, and put it on the timeline."""
    rating, created = Rating.objects.get_or_create(
        external_id=external_id,
        defaults={
            "customer": customer,
            "score": score,
            "comment": comment,
            "agent_id": agent_id,
            "team_id": team_id,
            "ticket_number": ticket_number,
            "at": at,
        },
    )
    if created:
        record_touchpoint(
            customer.pk,
            kind=Touchpoint.Kind.RATING,
            at=at,
            title=str(score),
            text=comment,
            direction=Touchpoint.Direction.INBOUND,
            agent_id=agent_id,
            team_id=team_id,
            ticket_number=ticket_number,
            ref_kind="rating",
            ref_id=rating.pk,
        )
    return rating
