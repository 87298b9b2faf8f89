"""What may be the same issue, for the agent to say yes or no; and what agents said."""

from collections.abc import Iterator

from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem
from tickets.briefing.rules.headline import why_linked, words_written
from tickets.briefing.rules.sources import ticket_source

SHOWN = 3


def matches(seen: Gathered) -> Iterator[BriefingItem]:
    """The likeliest match to decide on first, then others, then what was decided."""
    for candidate in seen.standing.candidates[:SHOWN]:
        ticket = next((t for t in seen.tickets if t.id == candidate.ticket), None)
        if ticket is None:
            continue
        is_first = candidate is seen.standing.candidate
        why = why_linked(seen, candidate.edge) if is_first else []
        words = next((name for reason, name in candidate.edge.reasons if reason == "words"), "")
        yield BriefingItem(
            slot="match",
            rule="R-MATCH-POSSIBLE@2",
            text_key="possibly_words" if words else "possibly",
            params={"words": words_written(seen, words)} if words else {"subject": ticket.subject},
            sources=(ticket_source(ticket, tuple(why)),),
            confidence="possible",
            data={"number": ticket.number, "reasons": [list(r) for r in candidate.edge.reasons]},
        )
    for decision in seen.decisions:
        pair = {decision.first_id, decision.second_id}
        other = next((t for t in seen.tickets if t.id in pair), None)
        if other is None:
            continue
        yield BriefingItem(
            slot="match",
            rule="R-MATCH-DECIDED@1",
            text_key="same" if decision.is_same else "different",
            params={
                "agent": decision.agent.first_name if decision.agent else "",
                "number": other.number,
            },
            sources=(ticket_source(other),),
            confidence="agent-confirmed",
            data={"number": other.number, "decided": True, "is_same": decision.is_same},
        )
