"""What our reader makes of a mail of the corpus, in the scorer's words."""

import hashlib
from collections.abc import Iterator

from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.mime import Part, read_structure
from tickets.channels.email.reading import read_mail
from tickets.channels.email.scores.corpus import Answer, Item

EMPTY: Answer = {
    "from_addr": "", "from_name": "", "subject": "", "to": [], "text": "", "html": "",
    "attachments": [], "is_auto": True, "leaves": [],
}  # fmt: skip


def parsed(item: Item) -> Answer | None:
    """The fields as they are stored on a message; a refused mail has none of them right."""
    if item.format != "rfc822":
        return None
    try:
        mail = read_mail(item.raw)
    except UnreadableMail:
        return dict(EMPTY)
    return {
        "from_addr": mail.from_address,
        "from_name": mail.from_name,
        "subject": mail.subject,
        "to": [address for _, address in mail.to],
        "text": mail.text,
        "html": mail.safe_html,
        "attachments": [
            {
                "name": file.name,
                "size": len(file.data),
                "sha256": hashlib.sha256(file.data).hexdigest(),
            }
            for file in mail.attachments
        ],
        "is_auto": mail.is_automatic,
        "leaves": [hashlib.sha256(part.content()).hexdigest() for part in _leaves(item.raw)],
    }


def _leaves(raw: bytes) -> Iterator[Part]:
    """The parts that hold something, those of embedded mails with the others."""
    for part in read_structure(raw).walk():
        if part.content_type == "message/rfc822":
            yield from _leaves(part.content())
        elif not part.children:
            yield part
