"""The mail door of our own: SMTP and LMTP, on which a mail is safe before it is acknowledged."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import close_old_connections
from django.utils import timezone

from helpdesk.lib.room import NoRoom, require_room
from tickets.channels.email.keys import delivery_key
from tickets.channels.journal import keep_arrival
from tickets.channels.models import Arrival

log = logging.getLogger(__name__)

WRITERS = 4
# Real mail has lines of any length, whatever RFC 5321 4.5.3.1.6 says.
LONGEST_LINE = settings.MAIL_SIZE_LIMIT


def keep_mail(raw: bytes, *, source: str, envelope_from: str, envelope_to: list[str]) -> bool:
    """Store one raw mail; True when it is new.

    Raises NoRoom or a database error when it is not safe.
    """
    require_room(len(raw))
    arrival_id = keep_arrival(
        channel="email",
        key=delivery_key(raw),
        raw=raw,
        source=source,
        envelope_from=envelope_from,
        envelope_to=envelope_to,
        at=timezone.now(),
    )
    return arrival_id is not None


class PatientSMTP(SMTP):
    """SMTP that takes lines as long as the mail may be."""

    line_length_limit = LONGEST_LINE


class PatientLMTP(LMTP):
    """LMTP that takes lines as long as the mail may be."""

    line_length_limit = LONGEST_LINE


class Intake:
    """Answers for both protocols: 250 once the bytes are committed, 45x while they cannot be."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="intake")

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        keep = partial(
            self._keep,
            envelope.original_content or b"",
            _address(envelope.mail_from),
            list(envelope.rcpt_tos),
        )
        try:
            await asyncio.get_running_loop().run_in_executor(self.writers, keep)
        except NoRoom as error:
            log.warning("mail not stored, sender will try again: %s", error)
            return "452 4.3.1 No room, try again later"
        except (DatabaseFault, OSError) as error:
            log.warning("mail not stored, sender will try again: %s", error)
            return "451 4.3.0 Not stored, try again later"
        return "250 2.0.0 Stored"

    def _keep(self, raw: bytes, envelope_from: str, envelope_to: list[str]) -> None:
        close_old_connections()
        keep_mail(raw, source=self.source, envelope_from=envelope_from, envelope_to=envelope_to)


def _address(sender: str | None) -> str:
    """The envelope sender; the null path of reports, RFC 5321 4.5.5, is empty."""
    return "" if sender in {None, "<>"} else str(sender)


async def serve(host: str, *, smtp_port: int, lmtp_port: int, size_limit: int) -> None:
    """Listen until cancelled; a port of 0 leaves that protocol out. Raises OSError if taken."""
    loop = asyncio.get_running_loop()
    servers = []
    for protocol, source, port in (
        (PatientSMTP, Arrival.Source.SMTP, smtp_port),
        (PatientLMTP, Arrival.Source.LMTP, lmtp_port),
    ):
        if not port:
            continue
        make = partial(
            protocol,
            Intake(source.value),
            hostname="beforehand",
            data_size_limit=size_limit,
            enable_SMTPUTF8=True,
            loop=loop,
        )
        servers.append(await loop.create_server(make, host, port))
        log.info("%s intake listens on %s:%s", source.label, host, port)
    await asyncio.gather(*(server.serve_forever() for server in servers))
