"""Play an incident log through the desk and read off its numbers, leaving nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import transaction

from tickets.imports.incident_log.figures import figures
from tickets.imports.incident_log.promised import Promised
from tickets.imports.incident_log.rows import Incident, read_incidents
from tickets.imports.incident_log.telling import Cast, caller, cast_of, tell
from tickets.metrics.reading import moments_of
from tickets.metrics.replay import replay
from tickets.models import Ticket

BATCH = 250
# Beside every number the desk gives: told tickets are gone before anybody could meet them.
FIRST_NUMBER = 10**15

Progress = Callable[[int], None]


def replay_log(folder: Path, progress: Progress) -> list[dict[str, object]]:
    """Return the figures of every incident of a log, in its order.

    Each batch is told, read and taken back; so are the people, hours and policies made for it.
    """
    incidents = list(read_incidents(folder))
    answers: list[dict[str, object]] = []
    with transaction.atomic():
        cast, promised = cast_of(incidents), Promised.stored()
        for batch in _batches(incidents):
            answers += _replay_batch(batch, cast, promised)
            progress(len(answers))
        transaction.set_rollback(True)
    return answers


@transaction.atomic
def _replay_batch(
    incidents: list[Incident], cast: Cast, promised: Promised
) -> list[dict[str, object]]:
    customer = caller(incidents[0].opened_at)
    keys = {
        tell(incident, number=FIRST_NUMBER + place, customer=customer, cast=cast).pk: incident.key
        for place, incident in enumerate(incidents)
    }
    tickets, moments = Ticket.objects.in_bulk(keys), moments_of(list(keys))
    told = {pk: replay(moments[pk]) for pk in keys}
    histories = {pk: history for pk, history in told.items() if history is not None}
    ended = promised.outcomes(list(tickets.values()), histories)
    answers = [
        figures(keys[pk], history, promised.clock, {name: of[pk] for name, of in ended.items()})
        for pk, history in histories.items()
    ]
    transaction.set_rollback(True)
    return answers


def _batches(incidents: list[Incident]) -> Iterator[list[Incident]]:
    for start in range(0, len(incidents), BATCH):
        yield incidents[start : start + BATCH]
