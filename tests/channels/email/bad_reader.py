"""The reader's process as it is, but for a `read_mail` that does what the subject says."""

import os
import signal
import sys
import time

from tickets.channels.email.apart import child
from tickets.channels.email.reading import ParsedMail, read_mail

BALLAST: list[bytearray] = []


def obey(raw: bytes, *, envelope_from: str | None = None) -> ParsedMail:
    mail = read_mail(raw, envelope_from=envelope_from)
    if mail.subject == "loop":
        while True:
            pass
    if mail.subject == "sleep":
        time.sleep(60)
    if mail.subject == "grow":
        BALLAST.append(bytearray(300 * 1024 * 1024))
    if mail.subject == "hoard":
        BALLAST.append(bytearray(120 * 1024 * 1024))
    if mail.subject == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if mail.subject == "fault":
        raise LookupError("x")
    return mail


if __name__ == "__main__":
    child.read_mail = obey  # type: ignore[attr-defined]
    sys.exit(child.main(sys.stdin.buffer, sys.stdout.buffer))
