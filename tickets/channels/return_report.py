"""What a report about mail of ours says. Plain, so that it can be read in another process."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """One recipient a report is about. `status` is an enhanced code (RFC 3463) or empty.

    Hard: it will not arrive however often it is tried. Delayed: the other side still tries.
    """

    address: str
    status: str = ""
    is_hard: bool = False
    is_delayed: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnReport:
    """A bounce or a complaint about mail of ours, as far as it could be read.

    `mail_id` is the Message-ID of the mail it is about, where it quotes one.
    """

    recipients: tuple[Returned, ...] = ()
    mail_id: str = ""
    is_complaint: bool = False
