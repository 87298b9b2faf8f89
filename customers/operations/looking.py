"""Who looked at whom, and who asks to see more."""

import logging
from datetime import UTC, datetime, timedelta

import redis
from django.conf import settings
from django.db import transaction

from customers.models import AccessRequest, Customer, Viewing
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.live.bus import connect

log = logging.getLogger(__name__)

SEEN = "beforehand:viewings"
TAKEN_AT_ONCE = 1_000
# How long a granted look into other teams' history lasts.
GRANTED_FOR = timedelta(days=7)


def note_viewing(customer_id: int, *, agent_id: int, at: datetime) -> None:
    """Note that an agent looks at a customer; the worker keeps it within a minute.

    A page that is only looked at changes nothing in the database, hence this way round. Away
    Valkey loses the note, with a warning in the log.
    """
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    try:
        connect(settings.VALKEY_URL).sadd(SEEN, f"{agent_id} {customer_id} {hour.isoformat()}")
    except (redis.RedisError, OSError) as error:
        log.warning("agent %s saw customer %s; not kept: %s", agent_id, customer_id, error)


def keep_viewings() -> int:
    """Write down who looked at whom since the last time; return how many notes were taken up.

    A note is dropped only when its row is stored, so a worker that dies loses none.
    """
    valkey = connect(settings.VALKEY_URL)
    notes: list[str] = valkey.srandmember(SEEN, TAKEN_AT_ONCE)  # type: ignore[assignment]
    if not notes:
        return 0
    rows = [note.split(" ") for note in notes]
    agents = set(Agent.objects.filter(pk__in={row[0] for row in rows}).values_list("pk", flat=True))
    people = Customer.objects.filter(pk__in={row[1] for row in rows})
    owners = {one.pk: one.merged_into_id or one.pk for one in people}
    Viewing.objects.bulk_create(
        (
            Viewing(
                agent_id=int(agent),
                customer_id=owners[int(customer)],
                hour=datetime.fromisoformat(hour),
            )
            for agent, customer, hour in rows
            if int(agent) in agents and int(customer) in owners
        ),
        ignore_conflicts=True,
    )
    valkey.srem(SEEN, *notes)
    return len(notes)


@transaction.atomic
def request_access(
    customer: Customer, *, agent: Agent, reason: str = "", at: datetime
) -> AccessRequest:
    """Ask a supervisor to see what other teams know of a customer. Asking twice is asking once."""
    request, _ = AccessRequest.objects.get_or_create(
        customer=customer,
        agent=agent,
        decided_at=None,
        defaults={"reason": reason.strip()[:300], "at": at},
    )
    return request


@transaction.atomic
def decide_access(
    request: AccessRequest, *, is_granted: bool, by: Actor, at: datetime
) -> AccessRequest:
    """Let an agent see all of a customer's timeline for a week, or not. The first word stands."""
    request = AccessRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.decided_at is not None:
        return request
    request.decided_at, request.decided_by_id = at, by.agent_id
    request.until = at + GRANTED_FOR if is_granted else None
    request.save(update_fields=["decided_at", "decided_by", "until"])
    return request
