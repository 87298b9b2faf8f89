from typing import Any

from celery import shared_task
from celery.utils.log import get_task_logger
from django.utils import timezone

from tickets.feedback.inviting import plan_relationship, send_invitation
from tickets.feedback.models import Invitation

log = get_task_logger(__name__)
SENT_AT_ONCE = 200


@shared_task(ignore_result=True)
def send_surveys(**_: Any) -> None:
    """Send the invitations that are due, each by itself: one that fails keeps no other back."""
    now = timezone.now()
    for invitation in Invitation.objects.due(now).order_by("due_at")[:SENT_AT_ONCE]:
        try:
            send_invitation(invitation, at=now)
        except Exception:
            log.exception("invitation %s could not be sent", invitation.pk)


@shared_task(ignore_result=True)
def plan_relationship_surveys(**_: Any) -> None:
    """Plan the surveys that follow a first order or contact after many days."""
    plan_relationship(at=timezone.now())
