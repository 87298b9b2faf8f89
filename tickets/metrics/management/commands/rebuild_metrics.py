from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tickets.metrics.rebuilding import Rebuilt, rebuild


class Command(BaseCommand):
    help = "Recompute every number from events and report drift, which must be zero."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only, change nothing")
        parser.add_argument("--ticket", type=int, help="only the ticket of this number")

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()
        check = bool(options["check"])
        done = rebuild(
            at=timezone.now(),
            write=not check,
            number=options["ticket"],
            report=self._report if options["verbosity"] else _say_nothing,
        )
        if options["ticket"] is not None and not done.tickets:
            raise CommandError(f"There is no ticket {options['ticket']}.")
        self.stdout.write(
            f"{done.tickets} tickets and {done.customers} customers in "
            f"{monotonic() - started:.1f} s; drift {done.total}: {done.resolutions} resolutions, "
            f"{done.facts} facts, {done.summaries} summaries, {done.targets} targets, {done.days} "
            "numbers of days"
        )
        if check and done.total:
            raise CommandError("Stored numbers are not what the events say.")

    def _report(self, done: Rebuilt) -> None:
        self.stdout.write(f"{done.tickets} tickets, {done.customers} customers …")


def _say_nothing(_: Rebuilt) -> None:
    pass
