"""Whom a reply goes to, as the composer shows it before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from customers.models import Identity
from tickets.queries import Surroundings


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One person a reply can go to. `is_dead`: mail to the address kept coming back."""

    address: str
    name: str
    is_checked: bool
    is_confirmed: bool = True
    is_dead: bool = False


@dataclass(frozen=True, kw_only=True)
class Recipients:
    to: list[Recipient]
    cc: list[Recipient]
    add_cc: str = ""


def recipients_of(
    around: Surroundings, *, name: str, chosen: Mapping[str, list[str]] | None = None
) -> Recipients:
    """Everybody who belongs to the ticket, the unconfirmed unchecked; or as chosen before."""
    dead = {row["shown"].lower() for row in around.identities if row["undeliverable_since"]}
    known = {around.recipient.lower()} | {row["address"].lower() for row in around.participants}
    to = [
        Recipient(
            address=around.recipient,
            name=name,
            is_checked=chosen is None or around.recipient in chosen["to"],
            is_dead=around.recipient.lower() in dead,
        )
    ]
    cc = [
        Recipient(
            address=row["address"],
            name=row["name"],
            is_checked=row["is_confirmed"] if chosen is None else row["address"] in chosen["cc"],
            is_confirmed=row["is_confirmed"],
            is_dead=bool(row["identity"]),
        )
        for row in around.participants
        if row["address"] and row["address"].lower() != around.recipient.lower()
    ]
    further = [
        Recipient(address=address, name="", is_checked=True)
        for address in (chosen or {}).get("cc", ())
        if address.lower() not in known
    ]
    return Recipients(
        to=to if around.recipient else [],
        cc=cc + further,
        add_cc=" ".join((chosen or {}).get("add_cc", ())),
    )


def chosen_in(data: QueryDict) -> dict[str, list[str]] | None:
    """What a form that showed its recipients chose; None for one that did not."""
    if not data.get("shows_recipients"):
        return None
    return {name: data.getlist(name) for name in ("to", "cc", "add_cc")}


def dead_addresses(around: Surroundings) -> list[tuple[int, str]]:
    """Identities of the customer and participants to whom mail kept coming back."""
    own = [
        (row["id"], row["shown"])
        for row in around.identities
        if row["undeliverable_since"] and row["kind"] == Identity.Kind.EMAIL
    ]
    return own + [
        (row["identity"], row["address"]) for row in around.participants if row["identity"]
    ]
