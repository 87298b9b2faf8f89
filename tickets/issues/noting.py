"""What a ticket is about, noted where matching finds it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from tickets.issues.entities import Mask, active_masks, entities_in, numbers_quoted
from tickets.issues.models import TicketTerms
from tickets.issues.terms import terms_of
from tickets.models import Attachment, Message, Ticket

MESSAGES_READ = 50
READ_CHARACTERS = 20_000
MOST_ENTITIES = 40


@dataclass(frozen=True)
class Said:
    """One message: the customer's own words, their language, and what they filled into a form."""

    text: str
    language: str
    fields: str


def note_terms(ticket_ids: Iterable[int]) -> list[TicketTerms]:
    """Write anew what tickets are about, from their customers' own words; four queries for all."""
    masks = active_masks()
    tickets = list(Ticket.objects.filter(pk__in=list(ticket_ids)).only("pk", "number", "subject"))
    said = _said_on(tickets)
    files = _files_of(tickets)
    noted = [_noted(t, said.get(t.pk, []), files.get(t.pk, []), masks) for t in tickets]
    return TicketTerms.objects.bulk_create(
        noted,
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=["terms", "counts", "entities", "quoted"],
    )


def _noted(
    ticket: Ticket, said: Sequence[Said], files: Sequence[str], masks: tuple[Mask, ...]
) -> TicketTerms:
    first = said[0] if said else Said("", "", "")
    counts = terms_of(ticket.subject, first.text, language=first.language)
    parts = [ticket.subject, *(f"{one.fields}\n{one.text}" for one in said)]
    whole = "\n".join(parts)[:READ_CHARACTERS]
    entities = dict.fromkeys(str(entity) for entity in entities_in(whole, masks))
    quoted = {number for number in numbers_quoted(whole) if number != ticket.number}
    return TicketTerms(
        ticket=ticket,
        terms=list(counts),
        counts=list(counts.values()),
        entities=[*list(entities)[:MOST_ENTITIES], *files],
        quoted=sorted(quoted)[:MOST_ENTITIES],
    )


def _said_on(tickets: Sequence[Ticket]) -> dict[int, list[Said]]:
    """What customers said, the oldest message first."""
    rows = (
        Message.objects.filter(ticket__in=tickets, kind=Message.Kind.INBOUND, is_automatic=False)
        .annotate(own=Coalesce(NullIf(F("visible_text"), Value("", TextField())), F("text")))
        .order_by("ticket", "at", "id")
        .values_list("ticket", "own", "language", "form")
    )
    said: dict[int, list[Said]] = {}
    for ticket_id, own, language, form in rows:
        if len(so_far := said.setdefault(ticket_id, [])) < MESSAGES_READ:
            fields = " ".join(str(value) for value in form.values())
            so_far.append(Said(own, language, fields))
    return said


def _files_of(tickets: Sequence[Ticket]) -> dict[int, list[str]]:
    """The customers' files by content: the same bill sent twice is the same thing."""
    rows = Attachment.objects.filter(
        message__ticket__in=tickets, message__kind=Message.Kind.INBOUND, is_inline=False
    ).values_list("message__ticket", "sha256")
    files: dict[int, list[str]] = {}
    for ticket_id, digest in rows[: MOST_ENTITIES * max(1, len(tickets))]:
        files.setdefault(ticket_id, []).append(f"file:{digest[:16]}")
    return files
