"""Files that came with a mail."""

import mimetypes
import re
from dataclasses import dataclass

from helpdesk.lib.text import clean_line, without_invisible
from tickets.channels.email.headers import decode_header
from tickets.channels.email.mime import Part, subject_of
from tickets.channels.email.tnef import WrappedFile

MAX_NAME = 255
MAX_EXTENSION = 20
MAX_TITLE = 200
_PATH = re.compile(r"[/\\]")
_CONTENT_ID_NAME = re.compile(rb"<?([\w.-]{1,100}\.[a-zA-Z]{3,4})@")  # as Outlook makes them
_EXTENSIONS = {
    "message/rfc822": ".eml", "message/global": ".eml", "text/plain": ".txt", "image/jpeg": ".jpg",
    "message/delivery-status": ".txt", "message/feedback-report": ".txt",
    "text/rfc822-headers": ".txt", "application/ms-tnef": ".dat", "text/calendar": ".ics",
    "application/pgp-signature": ".asc", "application/pgp-keys": ".asc",
    "application/pkcs7-mime": ".p7m", "application/x-pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedAttachment:
    """A file. `name` is what the sender called it, made safe to show, or empty; never a path to
    open. `title` is what a nameless part says of itself: its description or its subject."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    is_inline: bool = False
    title: str = ""

    @property
    def display_name(self) -> str:
        """The name to store and show; one of our making where the sender gave none."""
        if self.name:
            return self.name
        extension = _EXTENSIONS.get(self.content_type)
        extension = extension or mimetypes.guess_extension(self.content_type) or ".bin"
        title = safe_name(re.sub(_PATH, "-", self.title)[:MAX_TITLE])
        return (title.removesuffix(extension) or "attachment") + extension


def read_attachment(part: Part, *, is_related: bool) -> ParsedAttachment:
    """The file a part holds; an embedded mail is kept whole."""
    data = part.content()
    content_id = clean_line(part.field("content-id").decode("utf-8", "replace"), limit=500)
    return ParsedAttachment(
        name=safe_name(part.declared_name),
        content_type=part.content_type,
        data=data,
        content_id=content_id.strip("<> "),
        is_inline=part.disposition != "attachment" and bool(content_id) and is_related,
        title=_title(part, data),
    )


def wrapped_attachment(file: WrappedFile) -> ParsedAttachment:
    """A file out of a winmail.dat."""
    name = safe_name(file.name)
    guess = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = clean_line(file.content_type, limit=100)
    return ParsedAttachment(
        name=name,
        content_type=kind if "/" in kind else guess,
        data=file.data,
        content_id=clean_line(file.content_id, limit=500),
        is_inline=bool(file.content_id),
    )


def _title(part: Part, data: bytes) -> str:
    if part.declared_name:
        return ""
    if part.content_type == "message/rfc822" and (subject := subject_of(data)):
        return subject
    named = _CONTENT_ID_NAME.match(part.field("content-id"))
    return decode_header(part.field("content-description")) or (named[1].decode() if named else "")


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
