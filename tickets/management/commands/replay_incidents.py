import csv
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.imports.incident_log.figures import COLUMNS, VARIANTS
from tickets.imports.incident_log.replaying import replay_log


class Command(BaseCommand):
    help = (
        "Play an incident log through tickets, events and metrics as if it had happened here, and"
        " write the figures of each incident. Changes nothing in the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="with events.csv.gz or events.csv")
        parser.add_argument("--out", type=Path, required=True, help="the table to write")

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()
        try:
            answers = replay_log(options["folder"], self._progress)
        except FileNotFoundError as error:
            raise CommandError(f"There is no incident log in {options['folder']}.") from error
        with options["out"].open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(answers)
        for column, variant in VARIANTS.items():
            self.stdout.write(f"{column}: {variant}")
        self.stdout.write(f"{len(answers)} incidents in {monotonic() - started:.0f} s")

    def _progress(self, done: int) -> None:
        self.stdout.write(f"{done} …")
