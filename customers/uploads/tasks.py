from typing import Any

from celery import shared_task
from django.utils import timezone

from customers.uploads.models import Upload
from customers.uploads.operations import read_upload
from helpdesk.lib.actors import Actor


@shared_task
def read_table_of_events(*, upload_id: int, **_: Any) -> None:
    """Read an uploaded table to its end, or to where somebody stops it."""
    upload = Upload.objects.get(pk=upload_id)
    by = Actor.agent(upload.by_id) if upload.by_id else Actor.system()
    for _piece in read_upload(upload, by=by, at=timezone.now()):
        pass
