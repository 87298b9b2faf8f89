from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.db import transaction

from customers.errors import (
    ConsentMissing,
    CustomerUnknown,
    IncompleteOrder,
    NobodyNamed,
    NotAnAddress,
    OrderTaken,
    TooManyFields,
    UnknownEventKind,
)
from customers.models import Consent, Customer, EventKind, Identity, Order, OutsideEvent, Touchpoint
from customers.operations.details import record_order
from customers.operations.identifying import find_customer, identify_customer
from customers.operations.touchpoints import note_change, record_touchpoint, withdraw_touchpoint
from helpdesk.lib.actors import Actor

ORDER = "order"
FIELDS, FIELD_LENGTH = 30, 500
CURRENCY_LENGTH = 3
# In this order is somebody looked for: an id says most, a handle least.
ADDRESS_KINDS = (
    Identity.Kind.EXTERNAL,
    Identity.Kind.EMAIL,
    Identity.Kind.PHONE,
    Identity.Kind.HANDLE,
    Identity.Kind.VISITOR,
)


class Outcome(StrEnum):
    """What became of what another system told us."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class News:
    """What another system says happened to a customer; `addresses` are (kind, value) pairs.

    An order is news of the kind "order" with total, currency and items among its fields.
    """

    kind: str
    external_id: str
    title: str
    at: datetime
    addresses: tuple[tuple[str, str], ...]
    status: str = ""
    url: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    may_cause_contact: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """The row that keeps some news, and whether it was news."""

    event: OutsideEvent | Order
    outcome: Outcome


@transaction.atomic
def record_outside_event(
    news: News, *, source: str, meets_new: bool = False, by: Actor, at: datetime
) -> Told:
    """Keep what another system tells, on the customer's timeline. Telling it again is harmless.

    The newest state of one (source, kind, external id) is kept. `meets_new` lets an address
    nobody has become a new customer. Raises UnknownEventKind, NobodyNamed, CustomerUnknown,
    NotAnAddress, ConsentMissing, TooManyFields, IncompleteOrder, OrderTaken.
    """
    if len(news.fields) > FIELDS:
        raise TooManyFields(most=FIELDS)
    kind = None if news.kind == ORDER else _kind(news.kind)
    customer = _customer(news, meets_new=meets_new, by=by, at=at)
    if kind is None:
        return _keep_order(customer, news)
    if kind.needs_consent and not _agreed(customer, news.at):
        raise ConsentMissing(kind=kind.label)
    return _keep(customer, kind, news, source=source, at=at)


def _kind(key: str) -> EventKind:
    kind = EventKind.objects.filter(key=key).first()
    if kind is None:
        known = ", ".join([ORDER, *EventKind.objects.order_by("key").values_list("key", flat=True)])
        raise UnknownEventKind(kind=key, known=known)
    return kind


def _customer(news: News, *, meets_new: bool, by: Actor, at: datetime) -> Customer:
    """Find whose it is by the first address somebody has."""
    given = [(kind, value.strip()) for kind, value in news.addresses if value.strip()]
    given.sort(key=lambda pair: ADDRESS_KINDS.index(Identity.Kind(pair[0])))
    wrong: NotAnAddress | None = None
    for kind, value in given:
        try:
            if customer := find_customer(kind=kind, value=value):
                return customer
        except NotAnAddress as error:
            wrong = error
    if not given:
        raise NobodyNamed
    if wrong is not None:
        raise wrong
    if not meets_new:
        raise CustomerUnknown(address=", ".join(value for _, value in given))
    kind, value = given[0]
    return identify_customer(kind=kind, value=value, by=by, at=at)


def _agreed(customer: Customer, at: datetime) -> bool:
    standing = Consent.objects.filter(customer=customer, withdrawn_at=None, given_at__lte=at)
    return standing.filter(purpose=Consent.Purpose.PAGE_VIEWS).exists()


def _keep(customer: Customer, kind: EventKind, news: News, *, source: str, at: datetime) -> Told:
    likely = news.may_cause_contact
    state = {
        "title": news.title[:300] or kind.label,
        "at": news.at,
        "status": news.status[:60],
        "url": news.url[:500],
        "fields": {
            str(key)[:60]: _plain(value) for key, value in news.fields.items() if value != ""
        },
        "may_cause_contact": kind.makes_likely(news.status) if likely is None else likely,
    }
    event, is_new = OutsideEvent.objects.select_for_update(of=("self",)).get_or_create(
        source=source,
        kind=kind,
        external_id=news.external_id[:120],
        defaults={"customer": customer, "told_at": at, **state},
    )
    if not is_new:
        now = {"customer_id": customer.pk, **state}
        if all(getattr(event, name) == value for name, value in now.items()):
            return Told(event=event, outcome=Outcome.SAME)
        withdraw_touchpoint(
            event.customer_id, kind=Touchpoint.Kind.EVENT, ref_kind="outside", ref_id=event.pk
        )
        note_change(event.customer_id)
        for name, value in {**now, "told_at": at}.items():
            setattr(event, name, value)
        event.save(update_fields=[*now, "told_at"])
    _record(event, kind)
    return Told(event=event, outcome=Outcome.CREATED if is_new else Outcome.CHANGED)


def _plain(value: Any) -> str | int | float | bool:
    return value if isinstance(value, bool | int | float) else str(value)[:FIELD_LENGTH]


def _record(event: OutsideEvent, kind: EventKind) -> None:
    record_touchpoint(
        event.customer_id,
        kind=Touchpoint.Kind.EVENT,
        at=event.at,
        channel=event.source[:20],
        title=event.title,
        ref_kind="outside",
        ref_id=event.pk,
        data={
            "kind": kind.key,
            "label": kind.label,
            "icon": kind.icon,
            "status": event.status,
            "shown": str(event.fields.get(kind.shown_field, "")),
            "fields": event.fields,
            "url": event.url,
            "may_cause_contact": event.may_cause_contact,
        },
    )


def _keep_order(customer: Customer, news: News) -> Told:
    currency, total = str(news.fields.get("currency", "")).upper(), _amount(news.fields)
    if len(currency) != CURRENCY_LENGTH or total is None:
        raise IncompleteOrder
    items = news.fields.get("items", [])
    kind = "return" if news.fields.get("kind") == "return" else "sale"
    known = Order.objects.select_for_update(of=("self",)).filter(number=news.external_id).first()
    if known is None:
        order = record_order(
            customer,
            number=news.external_id[:60],
            kind=kind,
            placed_at=news.at,
            currency=currency,
            total=str(total),
            status=news.status[:40],
            items=items if isinstance(items, list) else [],
        )
        return Told(event=order, outcome=Outcome.CREATED)
    if known.customer_id != customer.pk:
        raise OrderTaken(number=known.number)
    if (known.status, known.total) == (news.status[:40], total):
        return Told(event=known, outcome=Outcome.SAME)
    known.status, known.total = news.status[:40], total
    known.save(update_fields=["status", "total"])
    note_change(customer.pk)
    return Told(event=known, outcome=Outcome.CHANGED)


def _amount(fields: dict[str, Any]) -> Decimal | None:
    try:
        amount = Decimal(str(fields.get("total", "")).replace(",", "."))
    except InvalidOperation:
        return None
    return amount.quantize(Decimal("0.01")) if amount.is_finite() else None
