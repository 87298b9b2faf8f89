"""Which mail of a corpus would be answered by a machine, and which is wrongly called a bounce."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tickets.channels.email.automatic import BOUNCE
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import ParsedMail, read_mail
from tickets.channels.email.scores.corpus import Item

MACHINE_MADE = {"auto-reply", "list-bulk", "bounce", "loop", "feedback-report"}
FROM_PEOPLE = "real-ham"


@dataclass(kw_only=True)
class Kinds:
    """Counts of mails, and the ids of those that are told wrongly."""

    machine_made: int = 0
    answered: list[str] = field(default_factory=list)
    from_people: int = 0
    false_bounces: list[str] = field(default_factory=list)


def tell_kinds(items: Iterable[Item]) -> Kinds:
    """Read every mail that the corpus tags as made by a machine or written by people."""
    kinds = Kinds()
    for item in items:
        tags = set(item.categories)
        if item.format != "rfc822" or not tags & {*MACHINE_MADE, FROM_PEOPLE}:
            continue
        mail = _read(item)
        if tags & MACHINE_MADE:
            kinds.machine_made += 1
            if mail is not None and mail.from_address and not mail.is_automatic:
                kinds.answered.append(item.id)
        if FROM_PEOPLE in tags:
            kinds.from_people += 1
            if mail is not None and mail.automatic_kind == BOUNCE:
                kinds.false_bounces.append(item.id)
    return kinds


def _read(item: Item) -> ParsedMail | None:
    try:
        return read_mail(item.raw)
    except UnreadableMail:
        return None
