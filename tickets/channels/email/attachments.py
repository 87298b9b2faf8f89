"""Files that came with a mail."""

import mimetypes
import re
from dataclasses import dataclass

from helpdesk.lib.text import clean_line, without_invisible
from tickets.channels.email.mime import Part, subject_of

MAX_NAME = 255
MAX_EXTENSION = 20
_PATH = re.compile(r"[/\\]")


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedAttachment:
    """A file: `name` as the sender gave it, made safe to show, or empty; never a path to open."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    is_inline: bool = False

    @property
    def display_name(self) -> str:
        """A name to show where the sender gave none."""
        if self.name:
            return self.name
        return "attachment" + (mimetypes.guess_extension(self.content_type) or ".bin")


def read_attachment(part: Part, *, is_related: bool) -> ParsedAttachment:
    """The file a part holds; an embedded mail is kept whole and named after its subject."""
    data = part.content()
    name = safe_name(part.declared_name)
    if not name and part.content_type == "message/rfc822":
        name = safe_name(re.sub(_PATH, "-", subject_of(data))[:200] or "message") + ".eml"
    content_id = clean_line(part.field("content-id").decode("utf-8", "replace"), limit=500)
    return ParsedAttachment(
        name=name,
        content_type=part.content_type,
        data=data,
        content_id=content_id.strip("<> "),
        is_inline=part.disposition != "attachment" and bool(content_id) and is_related,
    )


def safe_name(name: str) -> str:
    """A file name of one line without folders, invisible characters or more than 255 letters."""
    line = clean_line(without_invisible(name), limit=10_000)
    base = _PATH.split(line.rstrip("/\\"))[-1].strip().strip("\"'")
    if len(base) <= MAX_NAME:
        return base
    stem, dot, extension = base.rpartition(".")
    if not dot or len(extension) > MAX_EXTENSION:
        return base[:MAX_NAME]
    return stem[: MAX_NAME - len(extension) - 1] + dot + extension
