from typing import Any

from celery import shared_task

from customers.operations import keep_viewings


@shared_task(ignore_result=True)
def keep_who_looked(**_: Any) -> None:
    """Write down who looked at whom."""
    while keep_viewings():
        pass
