"""A mail that was sent on, written out below a comment or attached whole."""

from dataclasses import dataclass

from helpdesk.lib.text import clean_text
from tickets.channels.email.automatic import BOUNCE, FEEDBACK_REPORT
from tickets.channels.email.body import read_body
from tickets.channels.email.envelope import sender_of, subject_of_mail, usual_charset
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.mime import Part, read_structure
from tickets.channels.email.written.forward import (
    read_forward,
    subject_says,
    without_prefixes,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """A mail that was sent on: who wrote it, what, and what was said above it."""

    from_name: str
    from_address: str
    subject: str
    body: str
    comment: str


def read_forwarded(
    root: Part, *, subject: str, text: str, html_text: str, kind: str
) -> Forwarded | None:
    """The mail that was sent on in this one, told alike whether it is in the text or attached.

    One that is attached counts where it is the only one and the subject says that it was sent on
    or is its own, or where nothing was written above it. A returned mail is none.
    """
    attached = None if kind in {BOUNCE, FEEDBACK_REPORT} else _attached(root)
    if attached is not None and text in {"", attached.body}:  # no words but the embedded mail's
        return attached
    found = read_forward(subject, text, html_text)
    if found is not None:
        return Forwarded(
            from_name=found.from_name,
            from_address=found.from_address,
            subject=found.subject,
            body=found.body,
            comment=found.comment,
        )
    if attached is None or not _is_sent_on(subject, attached.subject):
        return None
    return Forwarded(
        from_name=attached.from_name,
        from_address=attached.from_address,
        subject=attached.subject,
        body=attached.body,
        comment=text.strip(),
    )


def _is_sent_on(subject: str, inner: str) -> bool:
    is_forward, is_reply = subject_says(subject)
    if is_forward or is_reply:
        return is_forward
    return bool(inner) and subject == without_prefixes(inner)


def _attached(root: Part) -> Forwarded | None:
    embedded = [part for part in root.walk() if part.content_type == "message/rfc822"]
    if len(embedded) != 1:
        return None
    raw = embedded[0].content()
    try:
        inner = read_structure(raw)
        words = clean_text(read_body(inner).text)
    except UnreadableMail:
        return None
    charset = usual_charset(inner)
    name, address = sender_of(inner, raw, charset, "")
    if not address:
        return None
    return Forwarded(
        from_name=name,
        from_address=address,
        subject=subject_of_mail(inner, charset),
        body=words,
        comment="",
    )
