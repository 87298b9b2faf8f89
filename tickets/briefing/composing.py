"""Make the items of a briefing: every rule over the same gathered rows."""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.models import Promise
from helpdesk.accounts.models import Agent
from tickets.briefing.gathering import Gathered, gather
from tickets.briefing.items import BriefingItem
from tickets.briefing.rules import RULES
from tickets.models import Ticket

log = logging.getLogger(__name__)

# Changes with the rules; the snapshot of term weights is named beside it where one is in use.
RULESET = "2026-11"
# What only time changes (a day more, an article read yesterday) is made anew this often.
RENEWED_AFTER = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Composed:
    """The items of one briefing and the rows they were made of."""

    items: tuple[BriefingItem, ...]
    failed: tuple[str, ...]
    seen: Gathered

    @property
    def digest(self) -> str:
        return digest_of(self.items)

    @property
    def valid_until(self) -> datetime:
        """When the passing of time alone changes what it says."""
        due = [p.due_at for p in self.seen.promises if p.status == Promise.Status.OPEN]
        coming = [moment for moment in due if moment > self.seen.at]
        return min([*coming, self.seen.at + RENEWED_AFTER])

    @property
    def teams(self) -> list[int]:
        """The teams whose rows it was made of: who sees all of these may read it."""
        seen = self.seen
        scoped = (seen.moments, seen.promises, seen.facts, seen.tickets, seen.colleagues)
        teams = {row.team_id for rows in scoped for row in rows if row.team_id}
        return sorted(teams | seen.similar_teams)


def compose(ticket: Ticket, *, agent: Agent | None, at: datetime) -> Composed:
    """Make a briefing of what `agent` may see; None sees everything.

    The ticket comes with its customer and the customer's organisation loaded. A rule that fails
    leaves its part out and is named; a line that no stored row proves is left out, whatever rule
    made it.
    """
    seen = gather(ticket, agent=agent, at=at)
    items: list[BriefingItem] = []
    failed: list[str] = []
    for rule in RULES:
        try:
            made = list(rule(seen))
        except Exception:
            log.exception("briefing rule %s failed on ticket %s", rule.__name__, ticket.number)
            failed.append(rule.__name__)
            continue
        items += [item for item in made if _has_evidence(item)]
    return Composed(items=tuple(items), failed=tuple(failed), seen=seen)


def _has_evidence(item: BriefingItem) -> bool:
    if not item.sources:
        log.error("briefing rule %s gave a line without evidence", item.rule)
    return bool(item.sources)


def digest_of(items: Sequence[BriefingItem]) -> str:
    """Return the SHA-256 of the items as they are stored."""
    rows = json.dumps([item.as_row() for item in items], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(rows.encode()).hexdigest()
