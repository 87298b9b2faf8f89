import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseFault

from tickets.channels.email.intake import keep_mail
from tickets.channels.models import Arrival


class Command(BaseCommand):
    help = (
        "Keep one raw mail from standard input, as a mail server's pipe delivers it. Exits with 75"
        " (EX_TEMPFAIL) when it could not be stored, so that the mail server tries again."
    )
    # Checks would only add ways to fail between the mail server and the journal.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sender", default="", help="the envelope sender")
        parser.add_argument("recipients", nargs="*", help="the envelope recipients")

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read()
        try:
            keep_mail(
                raw,
                source=Arrival.Source.PIPE,
                envelope_from=options["sender"],
                envelope_to=options["recipients"],
            )
        except (DatabaseFault, OSError) as error:
            self.stderr.write(f"not stored, try again: {error}")
            sys.exit(os.EX_TEMPFAIL)
