"""A person is erased: their words, names and files go for good; that something happened stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from customers.cx.refreshing import refresh_summaries
from customers.models import Customer, Duplicate, IdentityEvent, Promise, Touchpoint
from customers.operations import EDITABLE, note_change
from helpdesk.lib.blobs import remove_blob
from tickets.briefing.models import (
    BriefingLook,
    FrozenBriefing,
    ItemMark,
    StoredBriefing,
    Unbriefed,
)
from tickets.channels.models import Arrival
from tickets.feedback.models import Answer, Invitation, Recovery
from tickets.incidents.models import IncidentExclusion
from tickets.issues.models import Issue, IssueName, TicketTerms
from tickets.joining.models import Merge
from tickets.models import Attachment, Delivery, Draft, Message, MessageWords, Ticket
from tickets.privacy.models import DataRequest
from tickets.speech.models import HandOver, PromiseSuggestion, RepeatAsk

GONE = "(erased)"
# What every row about a customer becomes. A test fails for a foreign key that is not named.
DELETED = (
    "accessrequest", "briefinglook", "consent", "customernote", "draft", "duplicate", "fact",
    "handover", "identity", "incidentexclusion", "issuename", "itemmark",
    "membership", "messagewords", "order", "outsideevent", "participant", "promisesuggestion",
    "relationship", "storedbriefing", "ticketterms", "unbriefed", "viewing",
)  # fmt: skip
EMPTIED = (
    "delivery", "frozenbriefing", "identityevent", "invitation", "issue", "message", "promise",
    "rating", "repeatask", "ticket", "ticketevent", "touchpoint",
)  # fmt: skip
LEFT = (
    "customer", "cxfact", "cxsummary", "datarequest", "healthchange", "incidentticket",
    "issueticket", "linkdecision", "resolution", "target", "touchpointyear", "unsettled",
)  # fmt: skip
# What events say without words: all that metrics read, and ids.
SAFE = frozenset(
    {
        *("status", "category", "team", "agent", "channel", "contact", "direction", "answered"),
        *("undoes", "by_reply", "courtesy", "held_seconds", "first_reply", "waiting_since"),
        *("reply_due_at", "last_reply_at", "topic", "priority", "rating", "score", "of"),
        *("confirmed", "customer", "follows", "possibly", "merge", "source", "target", "due_at"),
        *("promise", "withdrawn", "drafted", "closed_at", "ticket", "incident", "title"),
    }
)
_NO_WORDS: dict[str, Any] = {
    **dict.fromkeys(("text", "html", "visible_text", "visible_html", "subject", "author_name"), ""),
    **dict.fromkeys(("author_address", "authentication", "delivery_note", "mail_id"), ""),
    "mail_refs": [],
    "recipients": [],
    "cc": [],
    "form": {},
}
_NO_DETAILS: dict[str, Any] = {
    name: Customer._meta.get_field(name).get_default()  # type: ignore[union-attr]  # noqa: SLF001
    for name in sorted(EDITABLE - {"organisation"})
}
_OWNED = (
    "access_requests", "consents", "facts", "identities", "memberships", "notes", "orders",
    "outside_events", "participations", "related_by", "relations", "viewings",
)  # fmt: skip


def erase_person(request: DataRequest, *, at: datetime) -> DataRequest:
    """Erase a customer, with all records merged into theirs; a tombstone and the counts stay.

    Ticket by ticket, so that it can be interrupted and begun again. There is no way back.
    """
    family = _family(request.customer_id)
    tickets = list(Ticket.objects.filter(customer__in=family).values_list("pk", flat=True))
    request.state, request.total = DataRequest.State.RUNNING, len(tickets) + 1
    request.save(update_fields=["state", "total"])
    for index, ticket_id in enumerate(tickets, start=1):
        _erase_ticket(ticket_id)
        DataRequest.objects.filter(pk=request.pk).update(done=index)
    _erase_customers(family, at=at)
    request.state, request.finished_at = DataRequest.State.DONE, at
    request.done = request.total
    request.save(update_fields=["state", "finished_at", "done"])
    return request


def _family(customer_id: int) -> list[int]:
    """A customer and all who were merged into them, one way or another."""
    found, new = {customer_id}, {customer_id}
    while new:
        absorbed = Customer.objects.filter(merged_into__in=new).values_list("pk", flat=True)
        new = set(absorbed) - found
        found |= new
    return sorted(found)


@transaction.atomic
def _erase_ticket(ticket_id: int) -> None:
    ticket = Ticket.objects.lock(ticket_id)
    _empty_messages(Message._base_manager.filter(ticket=ticket))  # noqa: SLF001
    Draft.objects.filter(ticket=ticket).delete()
    said = (HandOver, PromiseSuggestion)
    for model in (BriefingLook, ItemMark, StoredBriefing, Unbriefed, TicketTerms, IssueName, *said):
        model.objects.filter(ticket=ticket).delete()
    ticket.participants.all().delete()
    _empty_events(ticket)
    ticket.subject, ticket.preview, ticket.resolution = GONE, "", ""
    ticket.save(update_fields=["subject", "preview", "resolution"])
    about = Merge.objects.exclude(kind=Merge.Kind.CUSTOMERS)
    _make_final(about.filter(Q(source=ticket.pk) | Q(target=ticket.pk)))


def _empty_messages(messages: QuerySet[Message]) -> None:
    ids = list(messages.values_list("pk", flat=True))
    files = Attachment.objects.filter(message__in=ids)
    blobs = set(files.values_list("sha256", flat=True))
    files.delete()
    MessageWords.objects.filter(message__in=ids).delete()
    FrozenBriefing.objects.filter(message__in=ids).update(items=[])
    Arrival.objects.filter(message__in=ids).update(raw=b"", envelope_from="", envelope_to=[])
    for delivery in Delivery.objects.filter(message__in=ids):
        delivery.address, delivery.note = f"erased-{delivery.pk}", ""
        delivery.save(update_fields=["address", "note"])
    messages.update(**_NO_WORDS)
    transaction.on_commit(lambda: _remove_unused(blobs))


def _remove_unused(blobs: Iterable[str]) -> None:
    """Delete bytes that no other message has."""
    used = set(Attachment.objects.filter(sha256__in=blobs).values_list("sha256", flat=True))
    for sha256 in set(blobs) - used:
        remove_blob(sha256)


def _empty_events(ticket: Ticket) -> None:
    """Leave of a ticket's events what metrics read. Addresses become numbers, each its own."""
    names: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('beforehand.erasing', 'on', true)")
    for event in ticket.events.all():
        old, new = _safe(event.old, names), _safe(event.new, names)
        if (old, new) != (event.old, event.new):
            ticket.events.filter(pk=event.pk).update(old=old, new=new)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('beforehand.erasing', '', true)")


def _safe(values: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    kept = {name: value for name, value in values.items() if name in SAFE}
    if address := values.get("address"):
        kept["address"] = names.setdefault(str(address), f"erased-{len(names) + 1}")
    return kept


@transaction.atomic
def _erase_customers(family: list[int], *, at: datetime) -> None:
    people = Customer.objects.filter(pk__in=family).order_by("pk")
    for customer in people.select_for_update(of=("self",)):
        for name in _OWNED:
            getattr(customer, name).all().delete()
        for name, value in _NO_DETAILS.items():
            setattr(customer, name, value)
        customer.erased_at = at
        customer.save(update_fields=[*_NO_DETAILS, "erased_at"])
    Duplicate.objects.filter(Q(first__in=family) | Q(second__in=family)).delete()
    _empty_messages(Message._base_manager.filter(customer__in=family))  # noqa: SLF001
    elsewhere = Delivery.objects.filter(customer__in=family).exclude(address__startswith="erased-")
    for delivery in elsewhere:
        Delivery.objects.filter(pk=delivery.pk).update(address=f"erased-{delivery.pk}", note="")
    Touchpoint.objects.filter(customer__in=family).update(title="", text="", data={})
    Promise.objects.filter(customer__in=family).update(text=GONE)
    Issue.objects.filter(customer__in=family).update(label=GONE)
    RepeatAsk.objects.filter(customer__in=family).update(reason="")
    IncidentExclusion.objects.filter(customer__in=family).delete()
    for customer in people:
        customer.ratings.update(comment="")
    invited = Invitation.objects.filter(customer__in=family)
    invited.update(token_digest="")  # their links lead nowhere any more
    Answer.objects.filter(invitation__in=invited).update(comment="")
    Recovery.objects.filter(invitation__in=invited).update(note="")
    IdentityEvent.objects.filter(customer__in=family).exclude(value="").update(value="")
    merges = Merge.objects.filter(kind=Merge.Kind.CUSTOMERS)
    _make_final(merges.filter(Q(source__in=family) | Q(target__in=family)))
    standing = people.filter(merged_into=None)
    refresh_summaries(standing.values_list("pk", flat=True), at=at)
    note_change(*family)


def _make_final(merges: QuerySet[Merge]) -> None:
    """Forget what undoing needs: it holds values from before."""
    merges.update(is_final=True, changed={}, moved={}, last={})
