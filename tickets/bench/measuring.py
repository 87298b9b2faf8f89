"""How long a request takes, what it asks the database, and how much of it the database reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

WARMING, MEASURED = 5, 40
Ask = Callable[[], HttpResponse]


@dataclass(frozen=True)
class Page:
    """Something to ask for, and the targets it has (PERFORMANCE): queries and p95 in ms."""

    name: str
    ask: Ask
    queries: int
    p95: float
    status: int = 200


@dataclass(frozen=True)
class Cost:
    """What one page cost: times in ms, the page in bytes, the buffers of its dearest query.

    `cpu` is the web process's own time: unlike the others it holds on a busy machine.
    """

    page: Page
    queries: int
    median: float
    p95: float
    cpu: float
    size: int
    buffers: int

    @property
    def is_met(self) -> bool:
        return self.queries <= self.page.queries and self.p95 <= self.page.p95


class WrongAnswer(Exception):
    """A page did not answer as it should, so that its time would mean nothing."""


def measure(page: Page, *, times: int = MEASURED) -> Cost:
    """Ask for a page again and again, one request after the other. Raises WrongAnswer."""
    for _ in range(WARMING):
        answer = page.ask()
        if answer.status_code != page.status:
            raise WrongAnswer(f"{page.name}: {answer.status_code}")
    taken = []
    cpu_began = process_time()
    for _ in range(times):
        began = perf_counter()
        answer = page.ask()
        taken.append((perf_counter() - began) * 1000)
    cpu = (process_time() - cpu_began) * 1000 / times
    statements = statements_of(page.ask)
    return Cost(
        page=page,
        queries=len(statements),
        median=median(taken),
        p95=quantiles(taken, n=20)[-1],
        cpu=cpu,
        size=len(answer.content),
        buffers=max(map(buffers_of, reads_among(statements)), default=0),
    )


def statements_of(ask: Ask) -> list[str]:
    """Return the SQL that a request executes."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [query["sql"] for query in captured]


def reads_among(statements: Iterable[str]) -> list[str]:
    """Those statements that only read."""
    return [s for s in statements if s.lstrip().startswith(("SELECT", "WITH")) and "FOR " not in s]


def buffers_of(statement: str) -> int:
    """Return how many 8 kB pages a statement touches, in the cache or not."""
    return int(
        sum(
            plan_of(statement)["Plan"].get(f"Shared {where} Blocks", 0) for where in ("Hit", "Read")
        )
    )


def plan_of(statement: str) -> dict[str, Any]:
    """Execute a statement and return PostgreSQL's plan with its figures."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        [(plan,)] = cursor.fetchall()
    found = json.loads(plan) if isinstance(plan, str) else plan
    return dict(found[0])
