"""How well bounces of a mail corpus are told: an adapter for its `score`."""

from tickets.channels.email.automatic import BOUNCE
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import read_mail
from tickets.channels.email.scores.corpus import Answer, Item


def read_returned(item: Item) -> Answer | None:
    """What is told of one item; None for one that says nothing about bounces."""
    if item.format != "rfc822" or "bounce" not in (item.expected or {}):
        return None
    try:
        mail = read_mail(item.raw)
    except UnreadableMail:
        return {"bounce": {"is_bounce": False, "addresses": [], "statuses": [], "hard": False}}
    returned = mail.report.recipients if mail.report else ()
    return {
        "bounce": {
            "is_bounce": mail.automatic_kind == BOUNCE,
            "addresses": [one.address for one in returned],
            "statuses": [one.status for one in returned if one.status],
            "hard": any(one.is_hard for one in returned),
        }
    }
