"""Whom a survey is not sent to, and why: the reason stays with the invitation."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Max

from customers.models import Consent, CustomerNote, Promise
from helpdesk.accounts.models import Agent
from tickets.channels.acknowledging import may_be_written
from tickets.channels.email.automatic import is_machine_address
from tickets.channels.email.templating import base_of
from tickets.feedback.models import Invitation
from tickets.models import Message, Ticket
from tickets.operations.addressing import address_of_customer

# Between any two surveys of one customer, whatever they are about.
RECENT = timedelta(days=14)
AFTER_OVERDUE = timedelta(hours=48)
# Labels of tickets nobody is asked about.
UNASKED_LABELS = ("spam", "test", "legal")
MOST_AUTOMATIC = 2


def why_left_out(invitation: Invitation, *, at: datetime) -> str:
    """The first reason not to send an invitation now; empty where it may go."""
    return next((why for why, applies in _REASONS.items() if applies(invitation, at)), "")


def _is_merged(invitation: Invitation, _at: datetime) -> bool:
    gone = invitation.customer.merged_into_id or invitation.customer.erased_at
    return invitation.ticket.merged_into_id is not None or gone is not None


def _is_unfinished(invitation: Invitation, _at: datetime) -> bool:
    """The ticket was reopened; or, asked about the relationship, something is still open."""
    if invitation.survey.event in invitation.survey.OF_TICKETS:
        return invitation.ticket.category not in Ticket.FINISHED
    return Ticket.objects.unfinished().filter(customer=invitation.customer_id).exists()


def _is_labelled(invitation: Invitation, _at: datetime) -> bool:
    return invitation.ticket.tags.filter(name__in=UNASKED_LABELS).exists()


def _is_automatic(invitation: Invitation, _at: datetime) -> bool:
    inbound = Message.objects.filter(ticket=invitation.ticket_id, kind=Message.Kind.INBOUND)
    first = inbound.order_by("at", "id").first()
    address = address_of_customer(invitation.ticket)
    return (first is not None and first.is_automatic) or is_machine_address(address)


def _has_opted_out(invitation: Invitation, _at: datetime) -> bool:
    told = Consent.objects.filter(customer=invitation.customer_id, purpose=Consent.Purpose.SURVEYS)
    return told.exists() and not told.filter(withdrawn_at=None).exists()


def _is_guarded(invitation: Invitation, _at: datetime) -> bool:
    return CustomerNote.objects.filter(customer=invitation.customer_id, is_guard=True).exists()


def _was_asked(invitation: Invitation, at: datetime) -> bool:
    """Any survey within a fortnight, or this one within its own time."""
    sent = Invitation.objects.filter(customer=invitation.customer_id, sent_at__isnull=False)
    own = timedelta(days=invitation.survey.cap_days)
    lately = sent.filter(sent_at__gt=at - RECENT).exists()
    return lately or sent.filter(survey=invitation.survey_id, sent_at__gt=at - own).exists()


def _is_owed(invitation: Invitation, at: datetime) -> bool:
    """A promise to them is overdue, or was kept late within two days."""
    theirs = Promise.objects.filter(customer=invitation.customer_id, due_at__lt=at)
    late = theirs.filter(status=Promise.Status.KEPT_LATE, closed_at__gt=at - AFTER_OVERDUE)
    return theirs.filter(status=Promise.Status.OPEN).exists() or late.exists()


def _speaks_otherwise(invitation: Invitation, _at: datetime) -> bool:
    wanted = invitation.survey.language
    return bool(wanted) and base_of(language_of(invitation)) != base_of(wanted)


def _is_unreachable(invitation: Invitation, _at: datetime) -> bool:
    address = address_of_customer(invitation.ticket)
    return "@" not in address or not may_be_written(address)


def _is_ours(invitation: Invitation, _at: datetime) -> bool:
    address = address_of_customer(invitation.ticket)
    return Agent.objects.filter(email__iexact=address).exists()


def _may_be_a_loop(invitation: Invitation, _at: datetime) -> bool:
    """Automatic mails of ours on the ticket that no person has answered or followed since."""
    said = Message.objects.filter(ticket=invitation.ticket_id)
    human = said.filter(is_automatic=False).exclude(kind=Message.Kind.NOTE)
    last = human.aggregate(last=Max("at"))["last"]
    since = said.filter(kind=Message.Kind.AUTOMATIC)
    return (since.filter(at__gt=last) if last else since).count() >= MOST_AUTOMATIC


_REASONS: dict[str, Callable[[Invitation, datetime], bool]] = {
    "merged": _is_merged,
    "reopened": _is_unfinished,
    "labelled": _is_labelled,
    "automatic": _is_automatic,
    "opted_out": _has_opted_out,
    "guarded": _is_guarded,
    "asked_lately": _was_asked,
    "owed": _is_owed,
    "language": _speaks_otherwise,
    "unreachable": _is_unreachable,
    "staff": _is_ours,
    "loop": _may_be_a_loop,
}


def language_of(invitation: Invitation) -> str:
    """The language to ask in: of the customer's last message on the ticket, else their own."""
    heard = Message.objects.filter(ticket=invitation.ticket_id, kind=Message.Kind.INBOUND)
    spoken = heard.exclude(language="").order_by("-at", "-id").values_list("language", flat=True)
    return spoken.first() or invitation.customer.language
