"""What a worker asks its reader and what it may answer."""

from dataclasses import dataclass

from tickets.channels.email.reading import ParsedMail

CPU_SECONDS = 2
WALL_SECONDS = 10.0
MEMORY = 200 * 1024 * 1024  # above what the reader takes before its first mail
OUT_OF_MEMORY = 71  # the reader's exit code
READY = b"ready\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One raw mail to read; `envelope_from` as `read_mail` takes it."""

    raw: bytes
    envelope_from: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The mail, or why there is none: `refused` for people, `fault` with where ours lies."""

    mail: ParsedMail | None = None
    refused: str = ""
    fault: str = ""
    trace: str = ""
