import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.channels.email.intake import serve


class Command(BaseCommand):
    help = "Take mail by SMTP (and LMTP) and keep it for the workers to read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.SMTP_INTAKE_HOST)
        parser.add_argument("--port", type=int, default=settings.SMTP_INTAKE_PORT)
        parser.add_argument("--lmtp-port", type=int, default=settings.LMTP_INTAKE_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        listening = serve(
            options["host"],
            smtp_port=options["port"],
            lmtp_port=options["lmtp_port"],
            size_limit=settings.MAIL_SIZE_LIMIT,
        )
        try:
            asyncio.run(listening)
        except KeyboardInterrupt:
            pass
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {options['host']}:{options['port']} ({error.strerror});"
                " set SMTP_INTAKE_PORT to another port."
            ) from error
