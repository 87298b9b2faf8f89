"""What a load balancer or a container asks: does the process answer, and does what it needs?"""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Min, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis.exceptions import RedisError

from helpdesk.lib.room import has_room
from tickets.channels.models import Discrepancy, Mailbox


def healthz(_request: HttpRequest) -> HttpResponse:
    """The web process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """Database and Valkey answer too, and the disk has room; 503 naming what does not.

    What mailboxes fail at is the outside's fault and takes no server away: it is told beside.
    """
    state = {"database": database_answers(), "valkey": valkey_answers(), "disk": has_room()}
    mail = mailboxes_health() if state["database"] else {}
    return JsonResponse({**state, **mail}, status=200 if all(state.values()) else 503)


def mailboxes_health() -> dict[str, int]:
    """How many mailboxes fail, how much waits on their servers, and how long, in seconds."""
    at = timezone.now()
    found = Mailbox.objects.polled().aggregate(backlog=Sum("backlog"), since=Min("waiting_since"))
    lag = (at - found["since"]).total_seconds() if found["since"] else 0
    return {
        "mailboxes_failing": Mailbox.objects.failing(at).count(),
        "mailboxes_backlog": found["backlog"] or 0,
        "mailboxes_lag_seconds": max(0, round(lag)),
        "discrepancies": Discrepancy.objects.unmended().count(),
    }


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def valkey_answers() -> bool:
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        return False
    return True
