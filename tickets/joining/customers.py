"""Two records of one person become one, and two again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from customers.errors import CannotMerge, VerifiedConflict
from customers.models import Customer, Duplicate, Fact, Identity, IdentityEvent
from customers.operations import EDITABLE, record_identity_event
from helpdesk.lib.actors import Actor
from tickets.joining.changing import Changed, change, change_back
from tickets.joining.following import Ids, following
from tickets.joining.models import Merge
from tickets.joining.settling import settle
from tickets.joining.waiting import bring_back_waiting, note_waiting
from tickets.models import Message, Ticket


@transaction.atomic
def merge_customers(
    source: Customer, *, into: Customer, take: Collection[str] = (), by: Actor, at: datetime
) -> Merge:
    """Make two records of one person one: all that `source` has follows to `into`.

    `take` names the details (customers.operations.EDITABLE) whose value `source` has right. What
    both have alike stays twice, once out of sight, for the way back. Nobody is told. Raises
    CannotMerge, VerifiedConflict.
    """
    if unknown := set(take) - EDITABLE:
        raise ValueError(f"not a customer's detail: {', '.join(sorted(unknown))}")
    source, target = _lock(source.pk, into.pk)
    refuse_merge(source, target)
    changed: Changed = {}
    _take_newer_evidence(source, target, changed)
    moved: Ids = {}
    last: dict[str, int] = {}
    for column in following(Customer):
        last[str(column)] = column.last
        rows = column.rows.filter(**{column.name: source})
        moved[str(column)] = column.point(rows, to=target.pk)
    taken: dict[str, Any] = {"attributes": source.attributes | target.attributes}
    taken |= {name: getattr(source, name) for name in sorted(take)}
    change(target, changed, **taken)
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    settle([source.pk, target.pk], at=at)
    merge = Merge.objects.create(
        kind=Merge.Kind.CUSTOMERS,
        source=source.pk,
        target=target.pk,
        at=at,
        agent_id=by.agent_id,
        moved={name: ids for name, ids in moved.items() if ids},
        last=last,
        changed=changed,
    )
    _pair(source.pk, target.pk).update(state=Duplicate.State.MERGED)
    _tell(merge, IdentityEvent.Kind.MERGED, by=by, at=at)
    return merge


def refuse_merge(source: Customer, target: Customer) -> None:
    """Raise CannotMerge or VerifiedConflict where two records cannot be one person's."""
    gone = [one for one in (source, target) if one.merged_into_id or one.erased_at]
    if source.pk == target.pk or gone:
        raise CannotMerge
    proven = Identity.objects.filter(
        customer__in=(source.pk, target.pk), kind=Identity.Kind.EXTERNAL
    ).exclude(verified_at=None)
    ids: dict[str, dict[int, str]] = {}
    for identity in proven.order_by("pk"):
        kind = identity.value.rpartition(":")[0]
        ids.setdefault(kind, {})[identity.customer_id] = identity.shown
    for both in ids.values():
        if len(both) > 1:
            raise VerifiedConflict(one=both[source.pk], other=both[target.pk])


@transaction.atomic
def undo_customer_merge(merge: Merge, *, by: Actor, at: datetime) -> Merge:
    """Make two records of one again, at any time and in any order.

    What followed goes back, and with it what came since on the tickets and from the addresses
    that do. All else since stays with the survivor. Repeating changes nothing. Raises CannotMerge
    when one of them has been erased.
    """
    owner = _owner(merge.target)
    source, _ = _lock(merge.source, owner.pk)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        return merge
    if merge.is_final:
        raise CannotMerge
    tickets = _returning(merge, owner)
    numbers = list(tickets.values_list("number", flat=True))
    of_others = _of_others(merge, owner)
    path = _path(merge.target, owner)
    for column in following(Customer):
        name = str(column)
        mine = merge.moved.get(name, [])
        # What both had alike may have stayed with one of those merged on since.
        if mine:
            on_the_way = column.rows.filter(pk__in=mine, **{f"{column.name}__in": path})
            column.point(on_the_way, to=source.pk)
        if column.of_ticket and numbers:
            at_owner = column.rows.filter(**{column.name: owner})
            newer = {"pk__gt": merge.last.get(name, 0), f"{column.of_ticket}__in": numbers}
            since = at_owner.filter(**newer)
            column.point(since.exclude(pk__in=of_others.get(name, ())), to=source.pk)
    source.merged_into = None
    source.save(update_fields=["merged_into"])
    change_back(merge)
    note_waiting(merge, following(Customer), path)
    merge.undone_at, merge.undone_by_id = at, by.agent_id
    merge.save(update_fields=["added", "undone_at", "undone_by"])
    bring_back_waiting()
    settle([source.pk, owner.pk, merge.target], at=at)
    _pair(source.pk, merge.target).update(state=Duplicate.State.SUGGESTED)
    _tell(merge, IdentityEvent.Kind.UNMERGED, by=by, at=at)
    return merge


def _lock(*customer_ids: int) -> tuple[Customer, Customer]:
    """Lock tickets before customers, as every operation does, each in the order of their ids.

    The customers' keys too: nothing new may point at them meanwhile.
    """
    tickets = Ticket.objects.filter(customer__in=customer_ids).order_by("pk")
    list(tickets.select_for_update(of=("self",), no_key=True).values_list("pk"))
    rows = Customer.objects.filter(pk__in=customer_ids).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(of=("self",))}
    first, second = customer_ids
    return found[first], found[second]


def _owner(customer_id: int) -> Customer:
    """Who has what was this customer's: themselves, or whom they were merged into since."""
    customer = Customer.objects.get(pk=customer_id)
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


def _take_newer_evidence(source: Customer, target: Customer, changed: Changed) -> None:
    """Where both know the same, the fact that stays in sight says when it was heard last."""
    of_source = {(fact.key, fact.value): fact for fact in Fact.objects.filter(customer=source)}
    for fact in Fact.objects.filter(customer=target):
        newer = of_source.get((fact.key, fact.value))
        if newer is not None and newer.at > fact.at:
            names = ("at", "source", "expires_at", "ticket_number", "message_id", "team")
            change(fact, changed, **{name: getattr(newer, name) for name in names})


def _returning(merge: Merge, owner: Customer) -> QuerySet[Ticket]:
    """The tickets that go back: those that followed, and those opened since from an address that
    followed.
    """
    identities = Identity.objects.filter(
        pk__in=merge.moved.get("customers.identity.customer", ()), customer=owner
    )
    addresses = set(identities.values_list("value", flat=True))
    opened = Ticket.objects.filter(customer=owner, pk__gt=merge.last["tickets.ticket.customer"])
    ids = list(merge.moved.get("tickets.ticket.customer", ()))
    for ticket in opened.exclude(pk__in=ids):
        first = ticket.messages.filter(kind=Message.Kind.INBOUND).order_by("at", "pk").first()
        if first is not None and first.author_address.lower() in addresses:
            ids.append(ticket.pk)
    return Ticket.objects.filter(pk__in=ids, customer=owner)


def _of_others(merge: Merge, owner: Customer) -> dict[str, set[int]]:
    """The rows that other merges brought to the survivor."""
    others = Merge.objects.filter(kind=Merge.Kind.CUSTOMERS, undone_at=None).exclude(pk=merge.pk)
    found: dict[str, set[int]] = {}
    for other in others.filter(target__in=_path(merge.target, owner)):
        for name, ids in other.moved.items():
            found.setdefault(name, set()).update(ids)
    return found


def _path(customer_id: int, owner: Customer) -> list[int]:
    one, path = Customer.objects.get(pk=customer_id), [customer_id]
    while one.pk != owner.pk and one.merged_into is not None:
        one = one.merged_into
        path.append(one.pk)
    return path


def _pair(one: int, other: int) -> QuerySet[Duplicate]:
    pairs = Duplicate.objects.filter(first=min(one, other), second=max(one, other))
    return pairs.exclude(state=Duplicate.State.DIFFERENT)


def _tell(merge: Merge, kind: IdentityEvent.Kind, *, by: Actor, at: datetime) -> None:
    for mine, other in ((merge.source, merge.target), (merge.target, merge.source)):
        detail = {"merge": merge.pk, "customer": other, "into": merge.target}
        record_identity_event(mine, kind, detail=detail, by=by, at=at)
