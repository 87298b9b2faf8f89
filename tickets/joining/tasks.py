from typing import Any

from celery import shared_task
from django.utils import timezone

from customers.models import Customer
from tickets.joining.duplicates import suggest_duplicates


@shared_task(ignore_result=True)
def look_for_duplicates(*, customer_id: int, **_: Any) -> None:
    """Find out whether somebody who has just begun to write is known already."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is not None:
        suggest_duplicates(customer, at=timezone.now())
