"""The benchmark's tables: one a size, and how costs grow from the first to the last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tickets.bench.mails import MailFigures
from tickets.bench.measuring import Cost

BUFFERS_MOST = 200
KEPT_LEAST, MADE_LEAST, MAIL_QUERIES = 300, 60, 15


@dataclass(frozen=True)
class Result:
    """All that was measured in a workspace of one size."""

    tickets: int
    messages: int
    costs: Sequence[Cost]
    mails: MailFigures


def table_of(result: Result) -> Iterator[str]:
    """Yield the lines of one size, in Markdown."""
    yield f"### {result.tickets:,} tickets, {result.messages:,} messages"
    yield ""
    yield "| page | queries | median ms | p95 ms | target p95 | CPU | kB | most buffers | |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|---|"
    for cost in result.costs:
        page = cost.page
        yield (
            f"| {page.name} | {cost.queries} (≤ {page.queries}) | {cost.median:.1f}"
            f" | {cost.p95:.1f} | {page.p95:.0f} | {cost.cpu:.1f} | {cost.size / 1000:.0f}"
            f" | {cost.buffers} | {verdict_of(cost)} |"
        )
    yield ""
    yield from _lines_of_mails(result.mails)


def verdict_of(cost: Cost) -> str:
    """PASS, or what is over its target."""
    over = [
        name
        for name, is_over in (
            ("queries", cost.queries > cost.page.queries),
            ("time", cost.p95 > cost.page.p95),
            ("buffers", cost.buffers > BUFFERS_MOST),
        )
        if is_over
    ]
    return f"over: {', '.join(over)}" if over else "PASS"


def growth_of(results: Sequence[Result]) -> Iterator[str]:
    """Yield how much dearer each page is in the last workspace than in the first."""
    first, last = results[0], results[-1]
    yield f"### Growth from {first.tickets:,} to {last.tickets:,} tickets (medians, aim ≤ 1.2)"
    yield ""
    yield "| page | ratio | ratio of CPU |"
    yield "|---|--:|--:|"
    for small, large in zip(first.costs, last.costs, strict=True):
        time, cpu = large.median / small.median, large.cpu / small.cpu
        yield f"| {small.page.name} | {time:.2f} | {cpu:.2f} |"


def _lines_of_mails(mails: MailFigures) -> Iterator[str]:
    kept = "PASS" if mails.kept >= KEPT_LEAST else "over"
    made = "PASS" if mails.made >= MADE_LEAST and mails.queries <= MAIL_QUERIES else "over"
    yield f"Mails kept a second (250 by SMTP): {mails.kept:.0f} (≥ {KEPT_LEAST}) {kept}"
    yield (
        f"Mails made tickets a second, one process: {mails.made:.0f} (≥ {MADE_LEAST}),"
        f" {mails.queries} queries a mail (≤ {MAIL_QUERIES}) {made}"
    )
