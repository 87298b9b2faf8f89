"""Asking customers: planned after an event, looked at once more when due, and sent by mail."""

import hashlib
from datetime import datetime, timedelta
from html import escape

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation

from customers.models import Customer, Order
from helpdesk.lib.actors import Actor, ActorKind
from helpdesk.lib.survey_links import digest_of, make_survey_token, masked_link
from tickets.channels.addresses import mailbox_of
from tickets.channels.email.survey_ids import survey_id
from tickets.channels.email.templating import base_of, filled, render_body, template_for
from tickets.feedback.leaving_out import RECENT, language_of, why_left_out
from tickets.feedback.models import Invitation, Survey
from tickets.feedback.wording import labels_of, scores, stop_words, words_in
from tickets.models import BusinessCalendar, Message, Ticket, TicketEvent
from tickets.operations import NewMessage, ask_customer
from tickets.operations.addressing import address_of_customer

ANSWERED_WITHIN = timedelta(days=30)
PLANNED_AT_ONCE = 200
_EVENTS = {
    TicketEvent.Kind.SOLVED.value: Survey.Event.SOLVED,
    TicketEvent.Kind.CLOSED.value: Survey.Event.CLOSED,
}


def plan_invitations(event: TicketEvent) -> None:
    """Plan what customers are asked after this event of their ticket. Repeating changes nothing.

    Who is not in the sample has no invitation; a ticket that no person finished has one that is
    left out, so that it is counted.
    """
    nobody = event.actor_kind in {ActorKind.RULE, ActorKind.SYSTEM}
    state = Invitation.State.LEFT_OUT if nobody else Invitation.State.PLANNED
    for survey in Survey.objects.filter(is_active=True, event=_EVENTS[event.kind]):
        if not _is_in_sample(survey, event.pk):
            continue
        Invitation.objects.get_or_create(
            survey=survey,
            event_id=event.pk,
            defaults={
                "customer": event.ticket.customer,
                "ticket": event.ticket,
                "state": state,
                "left_out": "auto_closed" if nobody else "",
                "due_at": _due(survey, event.at),
            },
        )


def plan_relationship(*, at: datetime) -> int:
    """Plan relationship surveys for customers whose first order or contact is long enough ago.

    They go out by the mailbox of the customer's newest ticket; who never had one is not asked.
    Returns how many were planned, PLANNED_AT_ONCE at most for each survey.
    """
    relationship = Survey.objects.filter(is_active=True).exclude(event__in=Survey.OF_TICKETS)
    return sum(_plan_for(survey, at=at) for survey in relationship)


def _plan_for(survey: Survey, *, at: datetime) -> int:
    asked = Invitation.objects.filter(survey=survey, customer=OuterRef("pk"))
    lately = asked.filter(due_at__gt=at - timedelta(days=survey.cap_days)).exclude(
        state=Invitation.State.LEFT_OUT
    )
    in_vain = asked.filter(due_at__gt=at - RECENT, state=Invitation.State.LEFT_OUT)
    carriers = Ticket.objects.filter(customer=OuterRef("pk"), merged_into=None, is_imported=False)
    known = Customer.objects.standing().filter(erased_at=None)
    due = known.filter(~Exists(lately), ~Exists(in_vain), Exists(carriers), _begun(survey, at))
    planned = 0
    for customer in due.order_by("pk")[:PLANNED_AT_ONCE]:
        newest = Ticket.objects.filter(customer=customer, merged_into=None, is_imported=False)
        is_asked = _is_in_sample(survey, customer.pk)
        Invitation.objects.create(
            survey=survey,
            customer=customer,
            ticket=newest.order_by("-opened_at", "-id")[0],
            state=Invitation.State.PLANNED if is_asked else Invitation.State.LEFT_OUT,
            left_out="" if is_asked else "sample",
            due_at=_due(survey, at, hours=0),
        )
        planned += is_asked
    return planned


def _begun(survey: Survey, at: datetime) -> Q:
    before = at - timedelta(days=survey.after_days)
    rows: QuerySet[Order] | QuerySet[Ticket] = Order.objects.filter(placed_at__lte=before)
    if survey.event == Survey.Event.FIRST_CONTACT:
        rows = Ticket.objects.filter(opened_at__lte=before)
    return Q(Exists(rows.filter(customer=OuterRef("pk"))))


def _is_in_sample(survey: Survey, key: int) -> bool:
    """The same share of events or customers, however often it is asked."""
    digest = hashlib.sha256(f"{survey.pk}:{key}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < survey.share


def _due(survey: Survey, at: datetime, *, hours: int | None = None) -> datetime:
    due = at + timedelta(hours=survey.delay_hours if hours is None else hours)
    calendar = BusinessCalendar.objects.valid_at(at) if survey.in_business_hours else None
    if calendar is None or calendar.business_hours().is_open(due):
        return due
    return calendar.business_hours().due_after(due, 1)


@transaction.atomic
def send_invitation(invitation: Invitation, *, at: datetime) -> Invitation:
    """Queue the mail of a planned invitation, or leave it out with the reason. Once is enough."""
    ticket = Ticket.objects.lock(invitation.ticket_id)
    Customer.objects.lock(invitation.customer_id)
    invitation = Invitation.objects.lock(invitation.pk)
    if invitation.state != Invitation.State.PLANNED:
        return invitation
    invitation.left_out = why_left_out(invitation, at=at)
    if invitation.left_out:
        invitation.state = Invitation.State.LEFT_OUT
        invitation.save(update_fields=["state", "left_out"])
        return invitation
    version, key = next(reversed(settings.MAIL_TOKEN_KEYS.items()))
    token = make_survey_token(invitation.pk, key=key, key_version=version)
    content = _mail(invitation, key_version=version)
    is_about_ticket = invitation.survey.event in Survey.OF_TICKETS
    by = Actor.system()
    message = ask_customer(ticket, content=content, is_threaded=is_about_ticket, by=by, at=at)
    invitation.state = Invitation.State.SENT
    invitation.message = message
    invitation.token_digest = digest_of(token)
    invitation.language = content.language
    invitation.sent_at, invitation.expires_at = at, at + ANSWERED_WITHIN
    invitation.save(
        update_fields=["state", "message", "token_digest", "language", "sent_at", "expires_at"]
    )
    return invitation


def _mail(invitation: Invitation, *, key_version: int) -> NewMessage:
    survey, ticket = invitation.survey, invitation.ticket
    last = ticket.messages.filter(kind=Message.Kind.INBOUND).order_by("-at", "-id").first()
    mailbox = mailbox_of(last) if last else None
    wished = (language_of(invitation), mailbox.language if mailbox else "", settings.LANGUAGE_CODE)
    template, language = template_for(f"survey_{survey.scale}", wished)
    address = address_of_customer(ticket)
    with translation.override(language):
        scale_text, scale_html = _links(survey, language)
        stop = stop_words(language)
    link = f"{masked_link(settings.BASE_URL)}/stop"
    values = {
        "number": str(ticket.number),
        "subject": ticket.subject,
        "name": invitation.customer.name,
        "agent": _reader(ticket),
        "mailbox": mailbox.name if mailbox else "",
        "scale": scale_text,
        "stop": f"{stop}: {link}",
    }
    rich = {"scale": scale_html, "stop": f'<p><a href="{escape(link)}">{escape(stop)}</a></p>'}
    words = render_body(template.body, values, rich=rich)
    return NewMessage(
        subject=filled(template.subject, values),
        text=words.text,
        html=words.html,
        language=language,
        recipients=(address,),
        external_id=survey_id(invitation.pk, key_version=key_version),
    )


def _reader(ticket: Ticket) -> str:
    return ticket.assignee.first_name if ticket.assignee else ""


def _links(survey: Survey, language: str) -> tuple[str, str]:
    """The scale as plain lines and as a list: numbers and words, each its own link."""
    labels = labels_of(survey.scale, words_in(survey, language), language)
    base = masked_link(settings.BASE_URL)
    rows = [(labels[score], f"{base}?r={score}") for score in scores(survey.scale)]
    text = "\n".join(f"{label}: {link}" for label, link in rows)
    items = (f'<li><a href="{escape(link)}">{escape(label)}</a></li>' for label, link in rows)
    return text, f"<ul>{''.join(items)}</ul>"


def speaks(language: str) -> str:
    """The language of a page for somebody asked in `language`: one we have, else our own."""
    known = {code for code, _name in settings.LANGUAGES}
    wanted = (language.lower(), base_of(language))
    matching = (code for code in known if code in wanted or base_of(code) in wanted)
    return next(matching, settings.LANGUAGE_CODE)
