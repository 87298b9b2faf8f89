"""The people of an import: agents by address, customers by their id elsewhere and every address."""

from pathlib import Path

from django.db import transaction

from customers.errors import IdentityTaken, NotAnAddress
from customers.models import Customer, Identity
from customers.operations import (
    add_identity,
    find_customer,
    identify_customer,
    record_order,
    update_customer,
    verify_identity,
)
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tickets.imports.conversations.rows import Report, Row, Unusable, moment, read_rows, text

IDENTITY_KINDS = {
    "email": Identity.Kind.EMAIL,
    "phone": Identity.Kind.PHONE,
    "web": Identity.Kind.HANDLE,
    "social": Identity.Kind.HANDLE,
}
BY = Actor.imported()


def external_id(row_id: str) -> str:
    return f"import:{row_id}"


def import_agents(path: Path, report: Report) -> dict[str, Agent]:
    """Create agents who are not here yet, without a password; returns them by their id."""
    agents = {}
    for row in read_rows(path, report):
        try:
            agents[text(row, "id")] = _agent(row, report, path.name)
        except Unusable as reason:
            report.refuse(path.name, str(row.get("id")), str(reason))
    return agents


def _agent(row: Row, report: Report, file: str) -> Agent:
    email = text(row, "email").lower()
    agent = Agent.objects.filter(email__iexact=email).first()
    if agent is None:
        agent = Agent.objects.create_user(email, None, name=text(row, "name"))
        report.taken[file] += 1
    else:
        report.known[file] += 1
    if row.get("team"):
        team, _ = Team.objects.get_or_create(name=row["team"])
        team.members.add(agent)
    return agent


def import_customers(path: Path, report: Report) -> None:
    """Meet every customer under their id elsewhere, with all their addresses."""
    for row in read_rows(path, report):
        try:
            _meet(row, report, path.name)
        except (Unusable, NotAnAddress) as reason:
            report.refuse(path.name, str(row.get("id")), str(reason))


@transaction.atomic
def _meet(row: Row, report: Report, file: str) -> None:
    key = external_id(text(row, "id"))
    if find_customer(kind=Identity.Kind.EXTERNAL, value=key):
        report.known[file] += 1
        return
    at = moment(row, "first_seen_at")
    customer = _by_address(row) or identify_customer(
        kind=Identity.Kind.EXTERNAL, value=key, name=row.get("name", ""), by=BY, at=at
    )
    add_identity(customer, kind=Identity.Kind.EXTERNAL, value=key, by=BY, at=at)
    for identity in row.get("identities", ()):
        _add_address(customer, identity, row, report, file)
    changes = {"language": row.get("locale", ""), "country": row.get("country", "")}
    update_customer(customer, changes={k: v for k, v in changes.items() if v}, by=BY, at=at)
    report.taken[file] += 1


def _by_address(row: Row) -> Customer | None:
    """Return the customer we know under one of the row's proven e-mail addresses."""
    for identity in row.get("identities", ()):
        if identity.get("channel") == "email" and identity.get("verified"):
            known = find_customer(kind=Identity.Kind.EMAIL, value=identity["value"])
            if known:
                return known
    return None


def _add_address(customer: Customer, identity: Row, row: Row, report: Report, file: str) -> None:
    at = moment(row, "first_seen_at")
    kind = IDENTITY_KINDS.get(identity.get("channel", ""))
    if kind is None:
        report.refuse(file, f"{row['id']} identity", f"unknown channel {identity.get('channel')}")
        return
    value = str(identity.get("value", ""))
    if kind == Identity.Kind.HANDLE:
        value = f"{identity['channel']}:{value}"
    try:
        added = add_identity(customer, kind=kind, value=value, by=BY, at=at)
    except (IdentityTaken, NotAnAddress) as reason:
        report.refuse(file, f"{row['id']} identity", str(reason))
        return
    if identity.get("verified"):
        verify_identity(added, evidence="import", by=BY, at=at)


def import_orders(path: Path, report: Report) -> None:
    """Note purchases and returns on the timelines of customers who are here."""
    for row in read_rows(path, report):
        try:
            _order(row, report, path.name)
        except Unusable as reason:
            report.refuse(path.name, str(row.get("id")), str(reason))


@transaction.atomic
def _order(row: Row, report: Report, file: str) -> None:
    customer = the_customer(row)
    number = text(row, "id")
    if customer.orders.filter(number=number).exists():
        report.known[file] += 1
        return
    record_order(
        customer,
        number=number,
        kind=row.get("kind", "sale"),
        placed_at=moment(row, "placed_at"),
        currency=row.get("currency", "")[:3],
        total=str(row.get("total", 0)),
        items=row.get("items", []),
    )
    report.taken[file] += 1


def the_customer(row: Row, key: str = "customer_id") -> Customer:
    """Return the customer a row names by their id elsewhere. Raises Unusable."""
    named = text(row, key)
    customer = find_customer(kind=Identity.Kind.EXTERNAL, value=external_id(named))
    if customer is None:
        raise Unusable(f"customer {named} is not here")
    return customer
