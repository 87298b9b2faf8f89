"""What a mail is, and how far its copies got, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Agent
from helpdesk.lib.languages import language_name
from tickets.models import Delivery, Message

_STATE = Delivery.State


@dataclass(frozen=True, kw_only=True)
class CopyWords:
    """One copy of an outgoing message: to whom, and what became of it."""

    address: str
    is_cc: bool
    words: str
    tone: str
    note: str
    next_attempt_at: datetime | None
    may_be_double: bool
    is_untried: bool


def copy_words(row: dict[str, Any]) -> CopyWords:
    """Tell a copy read as JSON."""
    words = {
        _STATE.QUEUED: (_("waiting to be sent"), ""),
        _STATE.SENDING: (_("being sent"), ""),
        _STATE.DEFERRED: (_("failed for now, will be tried again"), "warning"),
        _STATE.UNKNOWN: (_("not known whether sent, will be tried again"), "warning"),
        _STATE.SENT: (_("taken by the mail server"), ""),
        _STATE.BOUNCED: (_("came back"), "danger"),
        _STATE.FAILED: (_("not delivered"), "danger"),
    }
    word, tone = words[_STATE(row["state"])]
    return CopyWords(
        address=row["address"],
        is_cc=row["is_cc"],
        words=word,
        tone=tone,
        note=row["note"],
        next_attempt_at=parse_datetime(row["next_attempt_at"] or ""),
        may_be_double=row["may_be_double"],
        is_untried=row["state"] == _STATE.QUEUED and not row["attempts"],
    )


def kind_words(message: Message, *, returned: str = "") -> tuple[str, str] | None:
    """Icon and words for a mail that a machine wrote; None for one of a person."""
    kinds = {
        "auto-reply": ("zap", _("Automatic reply")),
        "list": ("users", _("List mail")),
        "feedback-report": ("flag", _("Complaint")),
        "calendar": ("clock", _("Invitation")),
    }
    if message.mail_kind == "bounce":
        word = _("Returned mail: %(note)s") % {"note": returned} if returned else _("Returned mail")
        return "mail-warning", word
    return kinds.get(message.mail_kind)


def other_language(message: Message, reader: Agent | None) -> str:
    """The name of a message's language, where it is not the reader's."""
    written = message.language.partition("-")[0]
    if not written or reader is None or written == reader.language.partition("-")[0]:
        return ""
    return language_name(written)
