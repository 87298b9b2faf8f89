from datetime import datetime

from django.db import transaction

from helpdesk.lib.actors import Actor
from tickets.models import Draft, Ticket


@transaction.atomic
def save_draft(
    ticket: Ticket, *, agent_id: int, kind: str, text: str, html: str, at: datetime
) -> Draft | None:
    """Keep what an agent has typed so far; an empty text forgets it. The last save wins."""
    if not text.strip():
        Draft.objects.filter(ticket=ticket, agent_id=agent_id, kind=kind).delete()
        return None
    draft, _ = Draft.objects.update_or_create(
        ticket=ticket,
        agent_id=agent_id,
        kind=kind,
        defaults={"text": text, "html": html, "saved_at": at},
    )
    return draft


def forget_draft(ticket: Ticket, by: Actor, kind: str) -> None:
    """Drop an agent's draft once it has been said."""
    if by.agent_id is not None:
        Draft.objects.filter(ticket=ticket, agent_id=by.agent_id, kind=kind).delete()
