"""What stands around the issue: guards, incidents, colleagues, similar tickets, notes."""

from collections.abc import Iterator

from customers.models import CustomerNote
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Source
from tickets.briefing.rules.sources import incident_source, ticket_source


def guards(seen: Gathered) -> Iterator[BriefingItem]:
    """Instructions that come before every suggestion."""
    for note in seen.notes:
        if note.is_guard:
            yield _note(seen, note, slot="guard", rule="R-GUARD@1", tone="danger")


def notes(seen: Gathered) -> Iterator[BriefingItem]:
    for note in seen.notes:
        if not note.is_guard:
            yield _note(seen, note, slot="note", rule="R-NOTE@2", tone="")


def _note(seen: Gathered, note: CustomerNote, *, slot: str, rule: str, tone: str) -> BriefingItem:
    return BriefingItem(
        slot=slot,
        rule=rule,
        text_key="note",
        params={"text": note.text, "author": str(note.author or "")},
        sources=(Source(kind="note", id=note.pk, customer_id=seen.customer.pk),),
        tone=tone,
    )


def incident(seen: Gathered) -> Iterator[BriefingItem]:
    for known, tickets in seen.incidents:
        yield BriefingItem(
            slot="incident",
            rule="R-INCIDENT@1",
            text_key="likely_incident",
            params={"title": known.title, "n": tickets},
            sources=(incident_source(known),),
            confidence="strong",
            tone="warning",
            data={"incident": known.pk},
        )


def colleagues(seen: Gathered) -> Iterator[BriefingItem]:
    """People of the same organisation who wrote about the same topic lately."""
    for ticket in seen.colleagues:
        yield BriefingItem(
            slot="colleagues",
            rule="R-COLLEAGUE@1",
            text_key="colleague",
            params={"name": str(ticket.customer), "subject": ticket.subject},
            sources=(ticket_source(ticket),),
            confidence="strong",
        )


def similar(seen: Gathered) -> Iterator[BriefingItem]:
    """Solved tickets of others like this one: how they were solved, not whose they are."""
    for found in seen.similar:
        yield BriefingItem(
            slot="similar",
            rule="R-SIMILAR@1",
            text_key="similar",
            params={
                "subject": found.subject,
                "how": found.resolution or found.resolution_code,
                "at": found.solved_at.isoformat(),
            },
            sources=(
                Source(
                    kind="ticket",
                    id=found.ticket_id,
                    label=f"#{found.number}",
                    ticket_number=found.number,
                ),
            ),
            confidence="possible",
            data={"code": found.resolution_code, "confirmed": found.is_confirmed},
        )
