"""What a ticket is about, noted where matching finds it."""

from collections.abc import Iterable, Sequence

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from tickets.issues.entities import Mask, active_masks, entities_in, numbers_quoted
from tickets.issues.models import TicketTerms
from tickets.issues.terms import terms_of
from tickets.models import Attachment, Message, Ticket

MESSAGES_READ = 50
READ_CHARACTERS = 20_000
MOST_ENTITIES = 40


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
    ticket: Ticket, said: Sequence[tuple[str, str]], files: Sequence[str], masks: tuple[Mask, ...]
) -> TicketTerms:
    text, language = said[0] if said else ("", "")
    counts = terms_of(ticket.subject, text, language=language)
    whole = "\n".join([ticket.subject, *(words for words, _language in said)])[:READ_CHARACTERS]
    entities = dict.fromkeys(str(entity) for entity in entities_in(whole, masks))
    quoted = {number for number in numbers_quoted(whole) if number != ticket.number}
    return TicketTerms(
        ticket=ticket,
        terms=list(counts),
        counts=list(counts.values()),
        entities=[*list(entities)[:MOST_ENTITIES], *files],
        quoted=sorted(quoted)[:MOST_ENTITIES],
    )


def _said_on(tickets: Sequence[Ticket]) -> dict[int, list[tuple[str, str]]]:
    """The customers' own words with their language, the oldest message first."""
    rows = (
        Message.objects.filter(ticket__in=tickets, kind=Message.Kind.INBOUND, is_automatic=False)
        .annotate(own=Coalesce(NullIf(F("visible_text"), Value("")), F("text")))
        .order_by("ticket", "at", "id")
        .values_list("ticket", "own", "language")
    )
    said: dict[int, list[tuple[str, str]]] = {}
    for ticket_id, own, language in rows:
        if len(so_far := said.setdefault(ticket_id, [])) < MESSAGES_READ:
            so_far.append((own, language))
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
