"""Fill an empty database with a workspace of some shape, in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from customers.cx.refreshing import refresh_summaries
from helpdesk.accounts.roles import Role
from tickets.bench import shape as world
from tickets.bench import tables
from tickets.bench.derived import DERIVED
from tickets.bench.shape import Shape
from tickets.bench.telling import FIRST_NUMBER, Teller
from tickets.briefing.keeping import brief_customer, note_missing_terms
from tickets.issues.frequencies import take_snapshot
from tickets.metrics.reporting.rolling import roll_up_due
from tickets.metrics.resolving import resolve_tickets
from tickets.models import Ticket, TicketStatus
from tickets.tasks import RECENT_LEAST, RECENT_SHARE

Tell = Callable[[str], None]
EVERY_NTH_RESOLVED, RESOLVED_AT_ONCE, SUMMARIES = 50, 200, 40
_SLOW_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND indexdef LIKE '%%USING gin%%'
"""


def load(shape: Shape, *, tell: Tell) -> None:
    """Load a workspace into the current, empty database, and let the planner know of it.

    Tickets, messages and events come by COPY, what follows from them by one statement a table,
    the metrics of a sample through their own engine. Foreign keys are not checked meanwhile.
    """
    with _fast_writes(), transaction.atomic():
        _load_people()
        with _without_slow_indexes(tell):
            teller = Teller(shape, _statuses())
            _load_tickets(teller, shape, tell)
            _load_customers(teller, shape)
            for what, statement in DERIVED:
                tell(what)
                _run(statement, {"now": shape.now, "recent": _recent_share(shape)})
        _reset_sequences()
    tell("analysing")
    _run("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
    tell("metrics of a sample")
    _resolve_sample(shape)
    while roll_up_due(at=shape.now):
        pass
    tell("terms and briefings")
    _brief_sample(shape)
    _run("ANALYZE")


def _brief_sample(shape: Shape) -> None:
    """Note what all tickets are about, and make the briefings of the customer that is looked at."""
    while note_missing_terms():
        pass
    take_snapshot(at=shape.now)
    brief_customer(shape.BUSY, at=timezone.now())


def _load_people() -> None:
    since = datetime.fromisoformat("2020-01-01T00:00Z")
    roles = {world.SUPERVISOR: Role.SUPERVISOR}
    agents = range(1, world.AGENTS + 1)
    tables.AGENTS.copy_in(
        (n, f"agent{n}@example.com", f"Agent {n}", roles.get(n, Role.AGENT).value, since)
        for n in agents
    )
    tables.TEAMS.copy_in(enumerate(world.TEAMS, 1))
    others = ((n % len(world.TEAMS) + 1, n) for n in agents if n != world.ORDINARY)
    own = ((team, world.ORDINARY) for team in world.TEAMS_OF_ORDINARY)
    tables.MEMBERS.copy_in([*others, *own])


def _load_tickets(teller: Teller, shape: Shape, tell: Tell) -> None:
    told = 0
    for batch in teller.batches():
        tables.TICKETS.copy_in(batch.tickets)
        tables.MESSAGES.copy_in(batch.messages)
        tables.EVENTS.copy_in(batch.events)
        told += len(batch.tickets)
        if told % 20_000 == 0 or told == shape.tickets:
            tell(f"{told:,} tickets copied")


def _load_customers(teller: Teller, shape: Shape) -> None:
    customers, at = range(1, shape.customers + 1), shape.now - world.SPAN
    groups = max(1, shape.customers // 20)
    tables.ORGANISATIONS.copy_in((n, f"Company {n}", at) for n in range(1, groups + 1))
    tables.CUSTOMERS.copy_in(
        (
            n,
            teller.name(),
            n % groups + 1 if n % 3 else None,
            at,
            *teller.contacts.get(n, (0, None)),
        )
        for n in customers
    )
    emails = (f"customer{n}@example.com" for n in customers)
    tables.IDENTITIES.copy_in(
        (n, "email", email, email, at) for n, email in zip(customers, emails, strict=True)
    )
    phones = ((n, f"+35191{n:07}") for n in customers if n % 2)
    tables.IDENTITIES.copy_in((n, "phone", phone, phone, at) for n, phone in phones)


def _resolve_sample(shape: Shape) -> None:
    some = range(1, shape.tickets + 1, EVERY_NTH_RESOLVED)
    known = sorted(
        shape.tickets_of_busy() | shape.tickets_of_lifelong() | set(some[:RESOLVED_AT_ONCE])
    )
    for first in range(0, len(known), RESOLVED_AT_ONCE):
        resolve_tickets(known[first : first + RESOLVED_AT_ONCE], at=shape.now)
    sampled = Ticket.objects.filter(pk__in=some[:SUMMARIES]).values_list("customer_id", flat=True)
    refresh_summaries({shape.BUSY, shape.LIFELONG, *sampled}, at=shape.now)


def _recent_share(shape: Shape) -> int:
    return max(RECENT_LEAST, int(shape.tickets * shape.messages_per_ticket * RECENT_SHARE))


def _statuses() -> dict[str, tuple[int, str]]:
    rows = TicketStatus.objects.filter(is_default=True)
    return {row.category: (row.pk, row.name) for row in rows}


def _reset_sequences() -> None:
    for statement in connection.ops.sequence_reset_sql(no_style(), list(apps.get_models())):
        _run(statement)
    _run(
        "SELECT setval('tickets_number', %(last)s)", {"last": FIRST_NUMBER + Ticket.objects.count()}
    )


@contextmanager
def _fast_writes() -> Iterator[None]:
    """Leave out foreign keys and the wait for the disk, where our database role may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        is_superuser = bool(cursor.fetchone()[0])
    settings = {"synchronous_commit": "off", "maintenance_work_mem": "256MB", "work_mem": "64MB"}
    if is_superuser:
        settings["session_replication_role"] = "replica"
    for name, value in settings.items():
        _run(f"SET {name} = '{value}'")
    try:
        yield
    finally:
        for name in settings:
            _run(f"RESET {name}")


@contextmanager
def _without_slow_indexes(tell: Tell) -> Iterator[None]:
    """Build the indexes for words once at the end instead of row by row."""
    with connection.cursor() as cursor:
        cursor.execute(_SLOW_INDEXES, {})
        indexes: Sequence[tuple[str, str]] = cursor.fetchall()
    for name, _definition in indexes:
        _run(f"DROP INDEX {name}")
    yield
    tell("building the search indexes")
    for _name, definition in indexes:
        _run(definition)


def _run(statement: str, given: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
