"""Which addresses are ours: mail to them is for us, and they never take part in a ticket."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from helpdesk.lib.tokens import token_in_address
from tickets.channels.models import Arrival, Mailbox
from tickets.models import Message


def mailboxes_of(addresses: Iterable[str]) -> list[Mailbox]:
    """The active mailboxes with one of these addresses or aliases, and last the default one."""
    asked = sorted({_plain(address) for address in addresses})
    named = Q(address__in=asked) | Q(aliases__overlap=asked) | Q(is_default=True)
    boxes = Mailbox.objects.filter(named, is_active=True)
    found = list(boxes.order_by("is_default", "pk"))
    return sorted(found, key=lambda box: not is_named(box, asked))


def mailbox_of(message: Message) -> Mailbox | None:
    """The mailbox that answers on a message's ticket: the one the customer last wrote to.

    Where they named none it is the one their mail came in by, else the team's, else the default
    one.
    """
    asked = message if message.is_inbound else _newest_inbound(message)
    written_to = (*asked.recipients, *asked.cc) if asked else ()
    came_by = _came_by(asked) if asked else ()
    boxes = mailboxes_of((*written_to, *came_by))
    for addresses in (written_to, came_by):
        for box in boxes:
            if is_named(box, addresses):
                return box
    of_team = Mailbox.objects.filter(is_active=True, team=message.ticket.team_id)
    return of_team.order_by("-is_default", "pk").first() or next(iter(boxes), None)


def _newest_inbound(message: Message) -> Message | None:
    inbound = Message.objects.filter(ticket=message.ticket_id, kind=Message.Kind.INBOUND)
    return inbound.only("recipients", "cc").order_by("-at", "-id").first()


def _came_by(message: Message) -> tuple[str, ...]:
    """Whom the envelope named, and the mailbox that fetched it: a blind copy has nothing else."""
    arrivals = Arrival.objects.filter(message=message).select_related("mailbox")
    arrival = arrivals.only("envelope_to", "mailbox__address").first()
    if arrival is None:
        return ()
    fetched_by = (arrival.mailbox.address,) if arrival.mailbox else ()
    return (*arrival.envelope_to, *fetched_by)


def without_own(addresses: Iterable[str], *, boxes: Iterable[Mailbox]) -> tuple[str, ...]:
    """The addresses that are none of `boxes` nor otherwise ours, each once, however spelled."""
    ours = {settings.DEFAULT_FROM_EMAIL.lower()}
    for box in boxes:
        ours |= {box.address.lower(), *map(str.lower, box.aliases)}
    others = {address.lower(): address for address in addresses if "@" in address}
    return tuple(
        shown
        for address, shown in others.items()
        if _plain(address) not in ours and not _is_reply_address(address)
    )


def is_named(box: Mailbox, addresses: Iterable[str]) -> bool:
    """Whether one of these addresses is the mailbox's."""
    named = {_plain(address) for address in addresses}
    return not {box.address.lower(), *map(str.lower, box.aliases)}.isdisjoint(named)


def _plain(address: str) -> str:
    """Without case and without what stands behind a plus."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _is_reply_address(address: str) -> bool:
    domain = settings.REPLY_DOMAIN.lower()
    return bool(token_in_address(address)) or (bool(domain) and address.endswith(f"@{domain}"))
