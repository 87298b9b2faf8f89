import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from helpdesk.accounts.models import Agent
from tickets.briefing.keeping import prepare_all
from tickets.imports.harbour.background import ordinary_days, similar_refunds
from tickets.imports.harbour.buying import orders_of_others
from tickets.imports.harbour.cast import AGENTS, PASSWORD, Cast, assemble
from tickets.imports.harbour.story import TOLD_ON, Clock, tell
from tickets.metrics.rebuilding import rebuild

SEED = 1192  # the same story every time


class Command(BaseCommand):
    help = "Load Harbour Kettles, the demo: Maya's refund, her colleagues, forty earlier refunds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now", help="the moment the story ends, ISO 8601; today at ten by default"
        )
        parser.add_argument(
            "--background", type=int, default=0, help="this many generated tickets around it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Agent.objects.exists():
            raise CommandError("There are agents here already; the demo wants an empty database.")
        clock = Clock(_moment(options["now"]))
        dice = random.Random(SEED)  # noqa: S311 - a story, not a secret
        with transaction.atomic():
            cast = assemble(clock.at(1, 3, 9))
            similar_refunds(cast, clock.now, dice)
            tell(cast, clock)
            _continue_numbers()
            ordinary_days(cast, clock.now, dice, tickets=options["background"])
            orders_of_others(cast, clock.now, dice)
        rebuild(at=timezone.now())  # so that the first page has its numbers
        prepare_all(at=clock.now)
        self._say_sign_ins(cast)

    def _say_sign_ins(self, cast: Cast) -> None:
        lines = [f"{email}  {PASSWORD!r}  ({role.label})" for _, _, email, role, _ in AGENTS]
        Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
        Path(settings.VAR_DIR, "demo-signins.txt").write_text("\n".join(lines) + "\n")
        self.stdout.write(f"Harbour Kettles is there: {len(cast.customers)} customers.")


def _moment(given: str | None) -> datetime:
    """Return when the story ends: as told, or the last ten o'clock that has passed."""
    if given:
        try:
            moment = datetime.fromisoformat(given)
        except ValueError as error:
            raise CommandError(f"--now: {given!r} is not an ISO 8601 moment.") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=TOLD_ON.tzinfo)
    now = timezone.now().astimezone(TOLD_ON.tzinfo)
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0)
    return ten if ten <= now else ten - timedelta(days=1)


def _continue_numbers() -> None:
    """Let the next ticket's number follow the story's last one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('tickets_number', (SELECT max(number) FROM tickets_ticket))")
