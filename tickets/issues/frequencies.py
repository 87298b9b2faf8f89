"""The snapshot of how often terms occur, which gives words their weight."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from tickets.issues.models import TermSnapshot
from tickets.issues.terms import Weights

KEPT_SNAPSHOTS = 2
# Of a large stock of tickets this share is counted: weights need the order of size, not the count.
COUNTED_TICKETS = 200_000
_COUNT = """
INSERT INTO issues_termfrequency (snapshot_id, term, documents)
SELECT %s, term, count(*) FROM (
    SELECT unnest(terms) AS term FROM (
        SELECT terms FROM issues_ticketterms ORDER BY ticket_id DESC LIMIT %s
    ) AS newest
) AS all_terms GROUP BY term HAVING count(*) > 1
"""
# The terms are one value: a place for each of a customer's thousand words took longer to write than
# to read.
_FREQUENCIES = """
SELECT term, documents FROM issues_termfrequency WHERE snapshot_id = %s AND term = ANY(%s)
"""


@transaction.atomic
def take_snapshot(*, at: datetime) -> TermSnapshot:
    """Count in how many of the newest COUNTED_TICKETS tickets each term occurs; older counts go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM issues_ticketterms LIMIT %s) AS counted",
            [COUNTED_TICKETS],
        )
        snapshot = TermSnapshot.objects.create(made_at=at, documents=cursor.fetchone()[0])
        cursor.execute(_COUNT, [snapshot.pk, COUNTED_TICKETS])
    kept = TermSnapshot.objects.order_by("-pk").values("pk")[:KEPT_SNAPSHOTS]
    TermSnapshot.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return snapshot


def newest_snapshot() -> TermSnapshot | None:
    """Return the snapshot in use; None before the first night."""
    return TermSnapshot.objects.order_by("-pk").first()


def weights_for(terms: Iterable[str], snapshot: TermSnapshot | None) -> Weights:
    """Return the weights of these terms, in one query at most."""
    if snapshot is None:
        return Weights(1, {})
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENCIES, [snapshot.pk, list(set(terms))])
        return Weights(snapshot.documents, dict(cursor.fetchall()))
