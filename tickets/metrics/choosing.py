"""Decide how numbers are counted, and have them derived anew by what was decided."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from customers.cx.models import CountingChoices, CXSummary
from customers.models import Order

_MARK_SOLVED = """
INSERT INTO metrics_unsettled (ticket_id, due_at)
SELECT ticket_id, %s FROM metrics_resolution WHERE cycle = 1 AND is_eligible
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def choose_counting(choices: CountingChoices, *, at: datetime) -> None:
    """Keep what was decided; what it changes is derived anew, in the background, within minutes.

    That is every first contact when its days have changed, every customer's spells of orders when
    the silence has.
    """
    before = CountingChoices.current()
    choices.pk = 1
    choices.full_clean(validate_unique=False, validate_constraints=False)
    choices.save()
    if choices.first_contact_days != before.first_contact_days:
        with connection.cursor() as cursor:
            cursor.execute(_MARK_SOLVED, [at])
    if choices.silent_days != before.silent_days:
        buyers = Order.objects.filter(kind=Order.Kind.SALE).values("customer")
        CXSummary.objects.filter(customer__in=buyers).update(stale_at=at)
