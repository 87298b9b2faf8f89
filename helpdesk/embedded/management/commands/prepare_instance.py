"""Everything between an empty database and the first page, in one Django start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

ADVISORY_LOCK = 0x0BEF0E4A


class Command(BaseCommand):
    help = "Migrate, load the demo into an empty database, and collect static files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--assets", action="store_true", help="collect static files as well")

    def handle(self, *_args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            # Several machines may start against one database: the second waits for the first.
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        call_command("migrate", verbosity=0, interactive=False)
        if options["assets"]:
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        call_command("load_demo_if_empty")
