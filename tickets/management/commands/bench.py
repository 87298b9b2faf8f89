from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone

from tickets.bench.loading import load
from tickets.bench.mails import measure_mails
from tickets.bench.measuring import measure
from tickets.bench.pages import pages_of
from tickets.bench.place import own_database, own_queues
from tickets.bench.reporting import Result, growth_of, table_of
from tickets.bench.shape import Shape
from tickets.metrics.rebuilding import rebuild
from tickets.models import Message


class Command(BaseCommand):
    help = (
        "Load a workspace of each size into a database of its own, ask for the pages that matter"
        " and print what they cost against their targets. Touches nothing of this instance."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tickets", nargs="*", type=int, default=[10_000, 100_000])
        parser.add_argument("--messages-per-ticket", type=float, default=10)
        parser.add_argument("--times", type=int, default=40, help="how often a page is asked for")
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="derive the numbers of all tickets from their events, not of a sample, and check",
        )
        parser.add_argument("--mails", type=int, default=1_000)

    def handle(self, *args: Any, **options: Any) -> None:
        self.started = monotonic()
        results = []
        with own_queues() as broker:
            for tickets in options["tickets"]:
                results.append(self._measure(tickets, broker, options))
                self.stdout.write("\n".join(["", *table_of(results[-1]), ""]))
        if len(results) > 1:
            self.stdout.write("\n".join(growth_of(results)))

    def _measure(self, tickets: int, broker: str, options: dict[str, Any]) -> Result:
        shape = Shape(
            tickets=tickets,
            messages_per_ticket=options["messages_per_ticket"],
            now=timezone.now(),
        )
        self._tell(f"{tickets:,} tickets: making the database")
        with own_database(f"bench_{tickets}") as database:
            load(shape, tell=self._tell)
            if options["rebuild"]:
                self._rebuild(shape)
            messages = Message.objects.count()
            self._tell("measuring pages")
            costs = [measure(page, times=options["times"]) for page in pages_of(shape)]
            self._tell("measuring mails")
            mails = measure_mails(mails=options["mails"], database=database, broker=broker)
        return Result(tickets=tickets, messages=messages, costs=costs, mails=mails)

    def _rebuild(self, shape: Shape) -> None:
        """Derive all numbers from events, then compare every one of them: the drift must be 0."""
        for write in (True, False):
            begun = monotonic()
            done = rebuild(at=shape.now, write=write)
            took = monotonic() - begun
            what = "derived" if write else "compared"
            drift = "" if write else f", drift {done.total}"
            self._tell(f"numbers of {done.tickets:,} tickets {what} in {took:.0f} s{drift}")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _tell(self, what: str) -> None:
        self.stdout.write(f"[{monotonic() - self.started:6.1f} s] {what} …")
        self.stdout.flush()
