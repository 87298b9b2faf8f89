from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.utils.log import get_task_logger
from django.utils import timezone

from customers.cx.baseline import refresh_baseline
from customers.cx.refreshing import refresh_stale
from helpdesk.lib.actors import ActorKind
from tickets.metrics.deciding import decide_due
from tickets.metrics.moments import METRIC_KINDS
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.resolving import resolve_cycles
from tickets.models import TicketEvent

log = get_task_logger(__name__)

# Tickets touched this recently may still be on their way through the tasks above.
IN_MOTION = timedelta(minutes=5)

Kind = TicketEvent.Kind
SETTLED_KINDS = METRIC_KINDS | {Kind.PROMISED, Kind.PROMISE_KEPT, Kind.RATED}


@shared_task(ignore_result=True)
def resolve_event(*, event_id: int, ticket_id: int, **_: Any) -> None:
    """Derive a ticket's numbers after an event; a newer event's task does it for this one too.

    Events of one ticket commit in the order of their ids, under its lock; those of imported
    history start no task.
    """
    newer = TicketEvent.objects.filter(ticket=ticket_id, id__gt=event_id, kind__in=SETTLED_KINDS)
    if not newer.exclude(actor_kind=ActorKind.IMPORT).exists():
        resolve_cycles(ticket_id, at=timezone.now())


@shared_task(ignore_result=True)
def keep_numbers_current(**_: Any) -> None:
    """Decide first contacts whose window has closed, and refresh what time alone has changed."""
    decide_due(at=timezone.now())
    refresh_stale(at=timezone.now())


@shared_task(ignore_result=True)
def reconcile_metrics(**_: Any) -> None:
    """Compare every stored number with its events, say what drifted, and note what is usual."""
    now = timezone.now()
    drift = rebuild(at=now, write=False, settled_before=now - IN_MOTION)
    say = log.error if drift.total else log.info
    say("metrics of %s tickets compared with their events, drift %s", drift.tickets, drift.total)
    refresh_baseline(at=timezone.now())
