"""What becomes of promises that were read in a reply: tracked, put in another's place, or not."""

from datetime import datetime

from django.db import transaction

from customers.models import Promise
from helpdesk.lib.actors import Actor
from tickets.models import Ticket
from tickets.operations import promise_on_ticket, wait_for_us
from tickets.speech.errors import SuggestionDecided
from tickets.speech.models import PromiseSuggestion

OFFERED = 3


@transaction.atomic
def accept_suggestion(
    suggestion: PromiseSuggestion, *, replaces: Promise | None = None, by: Actor, at: datetime
) -> Promise:
    """Track what a reply promises, perhaps in place of an earlier promise to the same customer.

    The ticket stays ours until it is kept. Raises SuggestionDecided, PromiseClosed.
    """
    ticket = Ticket.objects.lock(suggestion.ticket_id)
    suggestion = _open(suggestion)
    promise = promise_on_ticket(
        ticket,
        text=suggestion.text,
        due_at=suggestion.due_at,
        message=suggestion.message,
        replaces=replaces,
        by=by,
        at=at,
    )
    suggestion.promise = promise
    _decide(suggestion, PromiseSuggestion.Status.ACCEPTED, by=by, at=at)
    wait_for_us(ticket, by=by, at=at)
    return promise


@transaction.atomic
def decline_suggestion(
    suggestion: PromiseSuggestion, *, by: Actor, at: datetime
) -> PromiseSuggestion:
    """Say that a sentence is no promise to track; kept, and held against nobody.

    Raises SuggestionDecided.
    """
    Ticket.objects.lock(suggestion.ticket_id)
    suggestion = _open(suggestion)
    _decide(suggestion, PromiseSuggestion.Status.DECLINED, by=by, at=at)
    return suggestion


def _open(suggestion: PromiseSuggestion) -> PromiseSuggestion:
    found = PromiseSuggestion.objects.select_related("message").get(pk=suggestion.pk)
    if found.status != PromiseSuggestion.Status.OFFERED:
        raise SuggestionDecided
    return found


def _decide(suggestion: PromiseSuggestion, status: str, *, by: Actor, at: datetime) -> None:
    suggestion.status = status
    suggestion.decided_at, suggestion.decided_by_id = at, by.agent_id
    suggestion.save(update_fields=["status", "promise", "decided_at", "decided_by"])
