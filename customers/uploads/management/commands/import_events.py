from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.uploads.models import Upload
from customers.uploads.operations import (
    give_upload,
    go_on_with_upload,
    read_upload,
    start_upload,
)
from customers.uploads.table import Table, guess_mapping, news_of_row, read_table
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError

PREVIEWED = 5


class Command(BaseCommand):
    help = (
        "Read a CSV table of events of another system: orders, deliveries, payments, logins, any"
        " object. What is known already is left alone, so it can be stopped and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="a word for the system it comes from")
        parser.add_argument("--kind", default="", help="the kind of all rows, such as delivery")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="what a column is, where the guess is wrong; FIELD empty leaves it out",
        )
        parser.add_argument("--meet-new", action="store_true", help="create unknown customers")
        parser.add_argument("--preview", action="store_true", help="show five rows, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        by, now = Actor.system(), timezone.now()
        try:
            data = options["file"].read_bytes()
            table = read_table(data)
            guessed = guess_mapping(table.columns)
            mapping = guessed | self._mapping(options["map"], guessed)
            self._preview(table, mapping, options["kind"])
            if options["preview"]:
                return
            upload = give_upload(
                name=options["file"].name,
                data=data,
                source=options["source"],
                kind=options["kind"],
                meets_new=options["meet_new"],
                by=by,
                at=now,
            )
            if upload.state == Upload.State.MAPPED:
                upload = start_upload(upload, mapping=mapping, by=by, at=now)
            upload = go_on_with_upload(upload, by=by, at=now)
        except (OSError, DomainError) as error:
            raise CommandError(str(error)) from error
        for step in read_upload(upload, by=by, at=now):
            upload = step
            self.stdout.write(f"{upload.done:,} of {upload.total:,} ({upload.percent} %)")
        self._tell(upload)

    def _mapping(self, given: list[str], columns: dict[str, str]) -> dict[str, str]:
        pairs = dict(pair.partition("=")[::2] for pair in given)
        if unknown := pairs.keys() - columns.keys():
            raise CommandError(f"there is no column {', '.join(sorted(unknown))}")
        return pairs

    def _preview(self, table: Table, mapping: dict[str, str], kind: str) -> None:
        for column, field in mapping.items():
            self.stdout.write(f"  {column}: {field or 'left out'}")
        for row in islice(table.rows(), PREVIEWED):
            try:
                news = news_of_row(table.columns, row, mapping=mapping, kind=kind)
            except DomainError as error:
                self.stdout.write(f"  ! {error}")
            else:
                self.stdout.write(f"  {news.at:%Y-%m-%d %H:%M} {news.kind} {news.title}")

    def _tell(self, upload: Upload) -> None:
        for fault in upload.faults:
            self.stderr.write(f"row {fault['row']}: {fault['detail']} ({fault['code']})")
        self.stdout.write(
            f"{upload.created} created, {upload.changed} changed, {upload.same} the same,"
            f" {upload.refused} refused"
        )
