"""Which parts of a mail are its words, and which are files that came along."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from helpdesk.lib.html import html_to_text, text_to_html
from helpdesk.lib.text import clean_line, clean_text, tidy_lines
from tickets.channels.email.attachments import (
    ParsedAttachment,
    read_attachment,
    safe_name,
    wrapped_attachment,
)
from tickets.channels.email.charsets import codec_of, decode_text
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.invitation import CALENDAR, invitation_as_text
from tickets.channels.email.mime import Part, read_structure
from tickets.channels.email.tnef import TNEF_TYPES, read_tnef
from tickets.channels.email.uuencode import uuencoded

MAX_ATTACHMENTS = 200
MAX_TEXT = 2_000_000
BODY_TYPES = {"text/plain", "text/html"}
MARKUP = "text/html"
# What a report says to programs: nobody attached it, and `automatic` and the raw mail have it.
_REPORTS = {
    "message/delivery-status", "message/global-delivery-status", "message/feedback-report",
    "message/disposition-notification", "text/rfc822-headers", "message/global-headers",
}  # fmt: skip
# The same words for programs of another kind: never a file, and never the only rendering.
_OTHER_RENDERINGS = {"text/x-amp-html", "text/watch-html"}
_MARKUP_STARTS = ("<!doctype html", "<html", "<head", "<body", "<div", "<table", "<p>", "<meta")


@dataclass
class Body:
    """Words found so far, each in the order of the mail, and the files beside them."""

    pieces: list[tuple[str, str]] = field(default_factory=list)  # (plain text, HTML or "")
    attachments: list[ParsedAttachment] = field(default_factory=list)
    wrapped: list[tuple[str, str]] = field(default_factory=list)  # pieces found in winmail.dat
    invitation: str = ""  # a calendar file in words

    @property
    def text(self) -> str:
        """All words as plain text."""
        texts = (tidy_lines(text) for text, _ in self.pieces)
        return "\n\n".join(text for text in texts if text.strip())

    @property
    def html(self) -> str:
        """All words as HTML, not sanitised; empty where the mail has none."""
        if not any(html for _, html in self.pieces):
            return ""
        return "\n".join(html or text_to_html(text) for text, html in self.pieces)

    def attach(self, attachment: ParsedAttachment) -> None:
        """Add a file. Raises UnreadableMail beyond MAX_ATTACHMENTS."""
        if len(self.attachments) >= MAX_ATTACHMENTS:
            raise UnreadableMail(f"The mail has more than {MAX_ATTACHMENTS} attachments.")
        self.attachments.append(attachment)


def read_body(root: Part) -> Body:
    """The words and files of a mail."""
    body = Body()
    _collect(root, body, is_root=True, is_related=False)
    if not body.text:
        body.pieces += body.wrapped or _named_words(root) or _embedded_words(root)
    if not body.text and body.invitation:
        body.pieces.append((body.invitation, ""))
    return body


def _named_words(root: Part) -> list[tuple[str, str]]:
    """The words of the first text with a name, in a mail that has no others: a file as well."""
    found = Body()
    for part in root.walk():
        is_words = part.content_type in BODY_TYPES and part.disposition != "attachment"
        if is_words and part.declared_name:
            _add_words(part, found)
            break
    return [piece for piece in found.pieces if piece[0].strip()]


def _embedded_words(root: Part) -> list[tuple[str, str]]:
    """The words of the first embedded mail, for a mail that has none of its own."""
    part = next((part for part in root.walk() if part.content_type == "message/rfc822"), None)
    found = Body()
    if part is not None:
        try:
            _collect(read_structure(part.content()), found, is_root=True, is_related=False)
        except UnreadableMail:
            return []
    return found.pieces


def _collect(part: Part, body: Body, *, is_root: bool, is_related: bool) -> None:
    if part.content_type == "multipart/alternative" and part.children:
        _collect_alternatives(part, body)
    elif part.content_type == "multipart/related" and part.children:
        _collect_related(part, body)
    elif part.children:
        for child in part.children:
            _collect(child, body, is_root=False, is_related=is_related)
    elif _is_words(part, is_root=is_root):
        _add_words(part, body)
    else:
        _collect_file(part, body, is_related=is_related)


def _collect_file(part: Part, body: Body, *, is_related: bool) -> None:
    is_blank = not part.body or part.body.isspace()
    is_attached = part.disposition == "attachment"  # that it came empty is worth knowing
    if not part.declared_name and ((is_blank and not is_attached) or part.content_type in _REPORTS):
        return
    file = read_attachment(part, is_related=is_related or bool(part.field("content-id")))
    if not _unwrap(file, body):
        body.attach(file)
    if part.content_type == CALENDAR and not body.invitation:
        body.invitation = invitation_as_text(file.data, part.parameters.get("charset", ""))


def _unwrap(file: ParsedAttachment, body: Body) -> bool:
    """Take a winmail.dat apart; False where it is none or nothing is in it."""
    if file.content_type not in TNEF_TYPES and file.name.lower() != "winmail.dat":
        return False
    wrapped = read_tnef(file.data)
    if wrapped is None or not (wrapped.files or wrapped.text or wrapped.html):
        return False
    for inner in wrapped.files:
        body.attach(wrapped_attachment(inner))
    html = clean_text(wrapped.html)
    if text := clean_text(wrapped.text) or html_to_text(html):
        body.wrapped.append((text, html))
    return True


def _is_words(part: Part, *, is_root: bool) -> bool:
    if part.content_type not in BODY_TYPES or part.disposition == "attachment":
        return False
    return is_root or not part.declared_name


def _collect_related(part: Part, body: Body) -> None:
    start = part.parameters.get("start", "").strip("<> ").encode()
    roots = [c for c in part.children if start and c.field("content-id").strip(b"<> ") == start]
    main = (roots or list(part.children))[0]
    _collect(main, body, is_root=True, is_related=False)
    for child in part.children:
        if child is not main:
            _collect(child, body, is_root=False, is_related=True)


def _collect_alternatives(part: Part, body: Body) -> None:
    """One piece of all alternatives: all plain words, the richest markup, every file once."""
    plain: list[str] = []
    rich = ("", "")
    for child in part.children:
        if child.content_type in _OTHER_RENDERINGS and not child.declared_name:
            continue
        found = Body()
        is_words = child.content_type in BODY_TYPES and child.disposition != "attachment"
        _collect(child, found, is_root=is_words, is_related=True)
        if plain and _is_markup(found.text):  # markup that calls itself plain
            found.pieces = [(html_to_text(found.text), found.text)]
        if found.html:
            rich = found.text, found.html
        elif not any(_says(text, found.text) for text in plain):
            plain.append(found.text)
        for attachment in found.attachments:
            body.attach(attachment)
        body.wrapped += found.wrapped
        body.invitation = body.invitation or found.invitation
    text = "\n\n".join(plain)
    if text or rich[1]:
        body.pieces.append((text or rich[0], rich[1]))


def _is_markup(text: str) -> bool:
    return text[:100].lstrip().lower().startswith(_MARKUP_STARTS)


def _says(text: str, other: str) -> bool:
    """Whether all of the other's words are in the text, in their order."""
    return f" {' '.join(other.split())} " in f" {' '.join(text.split())} "


def _add_words(part: Part, body: Body) -> None:
    data = part.content()[:MAX_TEXT]
    charset = part.parameters.get("charset", "")
    if part.content_type == MARKUP:
        html = clean_text(
            decode_text(data, charset if codec_of(charset) else _charset_in_markup(data))
        )
        body.pieces.append((html_to_text(html), html))
        return
    for chunk in _without_files(data, part, body):
        text = clean_text(decode_text(chunk, charset))
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, del_sp=part.parameters.get("delsp", "").lower() == "yes")
        body.pieces.append((text, ""))


def _without_files(data: bytes, part: Part, body: Body) -> Iterator[bytes]:
    """The text around uuencoded files, which become attachments."""
    position = 0
    if b"begin" in data:
        for (name, start, end), content in uuencoded(part.content()):
            yield data[position:start]
            position = end
            file_name = safe_name(clean_line(decode_text(name)))
            body.attach(
                ParsedAttachment(
                    name=file_name, content_type="application/octet-stream", data=content
                )
            )
    yield data[position:]


def _charset_in_markup(data: bytes) -> str:
    head = data[:2048].lower()
    position = head.find(b"charset=")
    if position < 0:
        return ""
    value = head[position + 8 : position + 60].lstrip(b"\"' ")
    return (
        value.replace(b">", b'"')
        .replace(b"'", b'"')
        .replace(b"/", b'"')
        .split(b'"')[0]
        .decode("ascii", "replace")
    )


def unflowed(text: str, *, del_sp: bool) -> str:
    """Text sent as format=flowed with its paragraphs joined again (RFC 3676)."""
    out: list[str] = []
    depth_before, flows = -1, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        words = bare.removeprefix(" ")
        is_signature = words == "-- "
        if not flows or depth != depth_before or is_signature:
            out += ["\n", ">" * depth, " " if depth else ""]
        flows = words.endswith(" ") and not is_signature
        out.append(words[:-1] if flows and del_sp else words)
        depth_before = depth
    return "".join(out[1:])
