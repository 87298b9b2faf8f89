"""Which addresses are ours: mail to them is for us, and they never take part in a ticket."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from helpdesk.lib.tokens import token_in_address
from tickets.channels.models import Mailbox


def mailboxes_of(addresses: Iterable[str]) -> list[Mailbox]:
    """The active mailboxes with one of these addresses or aliases, and last the default one."""
    asked = sorted({_plain(address) for address in addresses})
    named = Q(address__in=asked) | Q(aliases__overlap=asked) | Q(is_default=True)
    boxes = Mailbox.objects.filter(named, is_active=True)
    found = list(boxes.order_by("is_default", "pk"))
    return sorted(found, key=lambda box: not is_named(box, asked))


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
