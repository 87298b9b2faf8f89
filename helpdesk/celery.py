import os
import sys
from typing import Any

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk", include=["tickets.channels.email.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
# Left alone, Celery makes a new connection to PostgreSQL for each task, a third of a mail's cost.
app.conf.update({"CELERY_DB_REUSE_MAX": sys.maxsize})
app.autodiscover_tasks()


def renew_connections(task: Any, **_: Any) -> None:
    """Let a task begin as a request does: without connections that are broken or too old."""
    if not task.request.is_eager:
        close_old_connections()


task_prerun.connect(renew_connections)
