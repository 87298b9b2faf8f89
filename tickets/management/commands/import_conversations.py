import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tickets.imports.conversations.people import import_agents, import_customers, import_orders
from tickets.imports.conversations.rows import Report
from tickets.imports.conversations.threads import import_conversations, import_ratings
from tickets.metrics.resolving import resolve_cycles

NEEDED = ("agents.jsonl", "customers.jsonl", "conversations.jsonl")
EVERY = 100


class Command(BaseCommand):
    help = (
        "Take over a folder of customers, agents, orders, conversations and ratings with their"
        " true dates. What is here already is left alone, so it can be stopped and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--report", type=Path, help="write the refused rows to this file too")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if missing:
            raise CommandError(f"{folder} has no {', '.join(missing)}")
        self.started = time.monotonic()
        report = Report()
        self._step("agents and customers")
        agents = import_agents(folder / "agents.jsonl", report)
        import_customers(folder / "customers.jsonl", report)
        if (folder / "orders.jsonl").is_file():
            self._step("orders")
            import_orders(folder / "orders.jsonl", report)
        self._step("conversations")
        tickets = set(
            import_conversations(folder / "conversations.jsonl", agents, report, self._progress)
        )
        if (folder / "ratings.jsonl").is_file():
            self._step("ratings")
            tickets |= import_ratings(folder / "ratings.jsonl", agents, report)
        self._step(f"metrics of {len(tickets)} tickets")
        for number, ticket_id in enumerate(sorted(tickets), 1):
            resolve_cycles(ticket_id, at=timezone.now())
            self._progress(number)
        self._tell(report, options["report"])

    def _step(self, what: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.started:6.1f} s] {what} …")

    def _progress(self, number: int) -> None:
        if number % EVERY == 0:
            self.stdout.write(f"[{time.monotonic() - self.started:6.1f} s]   {number}")

    def _tell(self, report: Report, path: Path | None) -> None:
        lines = list(report.lines())
        self.stdout.write("\n".join(lines[:50]))
        if path:
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
