"""The rules: from gathered rows to items. No queries, no clock: same rows, same items."""

from tickets.briefing.rules.headline import headline
from tickets.briefing.rules.known import asked_open, known
from tickets.briefing.rules.matches import matches
from tickets.briefing.rules.mood import mood
from tickets.briefing.rules.next_step import next_step
from tickets.briefing.rules.promised import promised
from tickets.briefing.rules.surroundings import colleagues, guards, incident, notes, similar
from tickets.briefing.rules.tried import tried
from tickets.briefing.rules.who import who

RULES = (
    who,
    guards,
    headline,
    matches,
    tried,
    promised,
    mood,
    known,
    asked_open,
    incident,
    colleagues,
    next_step,
    similar,
    notes,
)

__all__ = ["RULES"]
