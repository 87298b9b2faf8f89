"""Tasks that gave up are kept, so that somebody can see and run them again."""

import logging
from typing import Any

from celery import current_app
from celery.signals import task_failure
from django.db import Error as DatabaseFault
from django.db import transaction
from django.utils import timezone

from helpdesk.jobs.models import FailedTask

log = logging.getLogger(__name__)

ERROR_LENGTH, TRACEBACK_LENGTH = 500, 20_000


def record_failure(
    sender: Any = None,
    task_id: str = "",
    exception: BaseException | None = None,
    kwargs: dict[str, Any] | None = None,
    einfo: Any = None,
    **_: Any,
) -> None:
    """Keep what a task was called with and how it ended. A retry is no failure yet."""
    try:
        with transaction.atomic():
            FailedTask.objects.update_or_create(
                task_id=task_id[:64],
                defaults={
                    "task": getattr(sender, "name", "")[:200],
                    "kwargs": {key: _plain(value) for key, value in (kwargs or {}).items()},
                    "error": f"{type(exception).__name__}: {exception}"[:ERROR_LENGTH],
                    "traceback": str(einfo or "")[-TRACEBACK_LENGTH:],
                    "at": timezone.now(),
                },
            )
    except DatabaseFault:
        log.exception("the failure of task %s could not be kept", task_id)


task_failure.connect(record_failure, dispatch_uid="record-failed-task")


def run_again(failed: FailedTask) -> None:
    """Queue a failed task once more, with what it was called with."""
    current_app.tasks[failed.task].apply_async(kwargs=failed.kwargs)
    FailedTask.objects.filter(pk=failed.pk).update(retried_at=timezone.now())


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else repr(value)[:200]
