from typing import Any

from celery import shared_task
from django.utils import timezone

from tickets.privacy.erasing import erase_person
from tickets.privacy.exporting import clear_exports, export_person
from tickets.privacy.models import DataRequest

_WORK = {DataRequest.Kind.EXPORT: export_person, DataRequest.Kind.ERASE: erase_person}


@shared_task(ignore_result=True)
def work_on_request(*, request_id: int, **_: Any) -> None:
    """Export or erase a person. Interrupted, it is taken up by the sweep and begins anew."""
    request = DataRequest.objects.exclude(state=DataRequest.State.DONE).filter(pk=request_id)
    if found := request.first():
        _WORK[DataRequest.Kind(found.kind)](found, at=timezone.now())


@shared_task(ignore_result=True)
def sweep_requests(**_: Any) -> None:
    """Take up requests whose task was lost, and clear files nobody fetched in time."""
    for pk in DataRequest.objects.exclude(state=DataRequest.State.DONE).values_list(
        "pk", flat=True
    ):
        work_on_request.delay(request_id=pk)
    clear_exports(at=timezone.now())
