import resource
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tickets.channels.base import NotForUs, UnreadableArrival
from tickets.channels.models import Arrival
from tickets.channels.registry import CHANNELS

MEMORY = 2 * 1024**3


class Command(BaseCommand):
    help = (
        "Read one raw arrival from standard input and throw the result away: ends with 0 when the"
        " reading comes to an end, whatever it says."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", choices=sorted(CHANNELS))
        parser.add_argument("--sender", default="", help="the envelope sender")

    def handle(self, *args: Any, **options: Any) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        arrival = Arrival(
            channel=options["channel"],
            envelope_from=options["sender"],
            raw=sys.stdin.buffer.read(),
            received_at=timezone.now(),
        )
        try:
            CHANNELS[arrival.channel].read(arrival)
        except (NotForUs, UnreadableArrival):
            return
