"""The one clock that all processes share, however their machines' clocks differ."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's time. For what one process writes and another one waits for: leases, claims,
    retries. Raises a database error.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
