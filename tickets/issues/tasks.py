from typing import Any

from celery import shared_task

from tickets.issues.models import TicketTerms
from tickets.issues.noting import note_terms

BATCH = 500


@shared_task(ignore_result=True)
def note_again(*, below: int | None = None, **_: Any) -> None:
    """Note anew what tickets are about, the newest first, a batch a task: patterns have changed."""
    noted = TicketTerms.objects.order_by("-ticket_id")
    if below is not None:
        noted = noted.filter(ticket_id__lt=below)
    ticket_ids = list(noted.values_list("ticket_id", flat=True)[:BATCH])
    if ticket_ids:
        note_terms(ticket_ids)
        note_again.delay(below=ticket_ids[-1])
