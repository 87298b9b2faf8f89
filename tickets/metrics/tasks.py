from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.utils.log import get_task_logger
from django.utils import timezone

from customers.cx.baseline import refresh_baseline
from customers.cx.refreshing import REFRESHED_AT_ONCE, refresh_stale
from helpdesk.lib.slices import AGAIN_SECONDS, Slice
from tickets.metrics.deciding import DECIDED_AT_ONCE, decide_due
from tickets.metrics.escalating import escalate_due
from tickets.metrics.moments import METRIC_KINDS
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.reporting.rolling import roll_up_due
from tickets.metrics.settling import begin_settling, settle_due
from tickets.models import TicketEvent

log = get_task_logger(__name__)

# Tickets touched this recently may still be on their way through the tasks above.
IN_MOTION = timedelta(minutes=5)

Kind = TicketEvent.Kind
SETTLED_KINDS = METRIC_KINDS | {
    Kind.PRIORITY,
    Kind.PROMISED,
    Kind.PROMISE_KEPT,
    Kind.RATED,
    Kind.MERGED,
    Kind.UNMERGED,
    Kind.SPLIT,
    Kind.UNSPLIT,
    Kind.LINKED,
    Kind.UNLINKED,
    Kind.CUSTOMER,
    Kind.SURVEYED,
    Kind.TAGGED,
}


@shared_task(ignore_result=True)
def settle_tickets(**_: Any) -> None:
    """Derive the numbers of tickets that an event has touched, and have the rest done after it."""
    within = Slice()
    begin_settling()
    settle_due(at=timezone.now(), within=within)
    if within.is_over:
        settle_tickets.apply_async(countdown=AGAIN_SECONDS)


@shared_task(ignore_result=True)
def keep_numbers_current(**_: Any) -> None:
    """Decide first contacts whose window has closed, and refresh what time alone has changed: some
    hundreds, and the rest after them.
    """
    now = timezone.now()
    decided, refreshed = decide_due(at=now), refresh_stale(at=now)
    if decided == DECIDED_AT_ONCE or refreshed == REFRESHED_AT_ONCE:
        keep_numbers_current.apply_async(countdown=AGAIN_SECONDS)


@shared_task(ignore_result=True)
def escalate_targets(**_: Any) -> None:
    """Tell of targets that are nearly due or missed, and do what their policies say."""
    escalate_due(at=timezone.now())


@shared_task(ignore_result=True)
def roll_up_days(**_: Any) -> None:
    """Roll up the days that are over, and those whose facts have changed, a month at a time."""
    roll_up_due(at=timezone.now())


@shared_task(ignore_result=True)
def reconcile_metrics(**_: Any) -> None:
    """Compare every stored number with its events, say what drifted, and note what is usual."""
    now = timezone.now()
    drift = rebuild(at=now, write=False, settled_before=now - IN_MOTION)
    say = log.error if drift.total else log.info
    say("metrics of %s tickets compared with their events, drift %s", drift.tickets, drift.total)
    refresh_baseline(at=timezone.now())
