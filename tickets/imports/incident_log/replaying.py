"""Play an incident log through the desk and read off its numbers, leaving nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from helpdesk.lib.calendars import BusinessHours
from tickets.imports.incident_log.figures import figures
from tickets.imports.incident_log.rows import Incident, read_incidents
from tickets.imports.incident_log.telling import Cast, caller, cast_of, tell
from tickets.metrics.clock import Clock
from tickets.metrics.reading import moments_of
from tickets.metrics.replay import replay
from tickets.models import Ticket

BATCH = 250
# The log is measured Monday to Friday, 09 to 17 UTC, without holidays.
SINCE = datetime(2000, 1, 1, tzinfo=UTC)
HOURS = BusinessHours.from_spans(
    "UTC", {str(day): [["09:00", "17:00"]] for day in range(1, 6)}, holidays=()
)
# Beside every number the desk gives: told tickets are gone before anybody could meet them.
FIRST_NUMBER = 10**15

Progress = Callable[[int], None]


def replay_log(folder: Path, progress: Progress) -> list[dict[str, object]]:
    """Return the figures of every incident of a log, in its order.

    Each batch is told, read and taken back; so are the people made for it.
    """
    incidents = list(read_incidents(folder))
    answers: list[dict[str, object]] = []
    with transaction.atomic():
        cast, clock = cast_of(incidents), Clock(((SINCE, 0, HOURS),))
        for batch in _batches(incidents):
            answers += _replay_batch(batch, cast, clock)
            progress(len(answers))
        transaction.set_rollback(True)
    return answers


@transaction.atomic
def _replay_batch(incidents: list[Incident], cast: Cast, clock: Clock) -> list[dict[str, object]]:
    customer = caller(incidents[0].opened_at)
    keys = {
        tell(incident, number=FIRST_NUMBER + place, customer=customer, cast=cast).pk: incident.key
        for place, incident in enumerate(incidents)
    }
    tickets, moments = Ticket.objects.in_bulk(keys), moments_of(list(keys))
    answers = []
    for pk, key in keys.items():
        history = replay(moments[pk])
        if history is not None:
            answers.append(figures(key, tickets[pk], history, clock))
    transaction.set_rollback(True)
    return answers


def _batches(incidents: list[Incident]) -> Iterator[list[Incident]]:
    for start in range(0, len(incidents), BATCH):
        yield incidents[start : start + BATCH]
