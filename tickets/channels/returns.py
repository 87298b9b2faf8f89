"""Mail of ours that came back: which copy it was, and what that says about the address."""

from collections.abc import Iterable
from datetime import datetime

from customers.errors import NotAnAddress
from customers.models import MailReturn
from customers.operations import note_mail_return
from helpdesk.lib.actors import Actor
from helpdesk.lib.tokens import ReplyToken
from tickets.channels.email.report_codes import first_status, is_hard
from tickets.channels.models import ProviderEvent
from tickets.channels.return_report import Returned, ReturnReport
from tickets.models import Delivery, Message
from tickets.operations import bounce_delivery

Kind = ProviderEvent.Kind
_GONE_OUT = (
    Delivery.State.SENT,
    Delivery.State.SENDING,
    Delivery.State.UNKNOWN,
    Delivery.State.BOUNCED,
)


def take_report(
    report: ReturnReport, message: Message, *, tokens: Iterable[ReplyToken], at: datetime
) -> list[Delivery]:
    """Mark the copies a report is about, and note it on their addresses; returns those copies.

    Only copies of the tickets that the tokens prove, so that a forged report reaches nothing.
    """
    tokens = list(tokens)
    copies = list(
        Delivery.objects.filter(
            message__ticket__in=[token.ticket_id for token in tokens], state__in=_GONE_OUT
        )
        .select_related("message")
        .order_by("-pk")[:50]
    )
    returned = report.recipients or (Returned(address=""),)
    found = [
        (one, copy)
        for one in returned
        if (copy := _copy_of(one, report, copies, recipients={t.recipient_id for t in tokens}))
    ]
    for one, copy in found:
        _mark(one, copy, report, message, at=at)
    return [copy for _, copy in found]


def take_provider_event(event: ProviderEvent) -> Delivery | None:
    """Mark the copy that a provider reports as returned, refused or complained about.

    The provider has proven itself, so its word counts like a token. None for other news.
    """
    if event.kind not in {Kind.BOUNCED, Kind.REJECTED, Kind.COMPLAINED} or not event.mail_id:
        return None
    copy = Delivery.objects.select_related("message__ticket").filter(mail_id=event.mail_id).first()
    if copy is None:
        return None
    status = first_status(event.detail)
    one = Returned(
        address=copy.address,
        status=status,
        is_hard=event.kind == Kind.BOUNCED and is_hard(status, event.detail),
        reason=event.detail[:300],
    )
    report = ReturnReport(recipients=(one,), is_complaint=event.kind == Kind.COMPLAINED)
    _mark(one, copy, report, copy.message, at=event.at)
    return copy


def _copy_of(
    one: Returned, report: ReturnReport, copies: list[Delivery], *, recipients: set[int]
) -> Delivery | None:
    """The copy by its Message-ID, else by its address, else the last one to the token's person."""
    if report.mail_id:
        for copy in copies:
            if copy.mail_id == report.mail_id:
                return copy
    address = one.address.lower()
    by_address = (copy for copy in copies if address and copy.address.lower() == address)
    by_person = (copy for copy in copies if copy.customer_id in recipients)
    return next(by_address, None) or next(by_person, None)


def _mark(
    one: Returned, copy: Delivery, report: ReturnReport, message: Message, *, at: datetime
) -> None:
    if one.is_delayed:
        return
    kind = MailReturn.Kind.HARD if one.is_hard else MailReturn.Kind.SOFT
    if report.is_complaint:
        kind = MailReturn.Kind.COMPLAINT
    note = " ".join(filter(None, [one.status, one.reason]))
    if not report.is_complaint:
        bounce_delivery(copy, note=note, by=Actor.system(), at=at)
    try:
        note_mail_return(
            address=copy.address,
            kind=kind,
            status=one.status,
            reason=one.reason,
            ticket_number=message.ticket.number,
            at=at,
        )
    except NotAnAddress:
        return
