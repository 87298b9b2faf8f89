"""What a customer's row says of its timeline, counted anew after rows have come or gone."""

from django.db import connection, transaction

_RECOUNT = """
UPDATE customers_customer c SET
    contacts_count = (SELECT count(*) FROM customers_touchpoint t
                      WHERE t.customer_id = c.id AND t.is_contact),
    last_contact_at = (SELECT max(at) FROM customers_touchpoint t
                       WHERE t.customer_id = c.id AND t.is_contact),
    next_promise_due_at = (SELECT min(due_at) FROM customers_promise p
                           WHERE p.customer_id = c.id AND p.status = 'open'),
    revision = revision + 1
WHERE c.id = ANY (%s)
"""
_FORGET_YEARS = "DELETE FROM customers_touchpointyear WHERE customer_id = ANY (%s)"
_COUNT_YEARS = """
INSERT INTO customers_touchpointyear (customer_id, year, touchpoints)
SELECT customer_id, extract(year FROM at AT TIME ZONE 'UTC'), count(*)
FROM customers_touchpoint WHERE customer_id = ANY (%s) GROUP BY 1, 2
"""


@transaction.atomic
def recount_customers(*customer_ids: int) -> None:
    """Count contacts, years and the next promise of customers anew, from their rows.

    For what moves whole stretches of a life; all else counts as it goes. The caller holds the
    customers' locks.
    """
    ids = list(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [ids])
        cursor.execute(_FORGET_YEARS, [ids])
        cursor.execute(_COUNT_YEARS, [ids])
