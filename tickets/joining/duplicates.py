"""Who may be one person: found by index, scored with reasons, and for an agent to decide."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import phonenumbers
from django.db import connection, transaction
from django.db.models import Q
from rapidfuzz.distance import JaroWinkler

from customers.models import Customer, Duplicate, Fact, Identity, IdentityEvent, Order
from customers.operations import note_change, record_identity_event
from helpdesk.lib.actors import Actor
from tickets.models import Message, Ticket

# Points of 100; a name alone is nobody's, two signs together are worth a look.
POINTS = {"phone": 45, "quoted": 35, "name": 30, "order": 25, "domain": 25, "similar_name": 20}
SUGGESTED_FROM = 50
SAME, SIMILAR = 0.995, 0.9
MESSAGES, READ_LENGTH, CANDIDATES = 3, 20_000, 30
# Who shares one of these shares nothing.
PUBLIC_DOMAINS = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com"),
        *("icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com", "btinternet.com"),
        *("gmx.de", "gmx.net", "gmx.at", "web.de", "t-online.de", "freenet.de", "libero.it"),
        *("orange.fr", "free.fr", "laposte.net", "mail.ru", "yandex.ru", "qq.com", "163.com"),
    }
)
_QUOTED = re.compile(r"#(\d{3,9})\b")
_ORDER = re.compile(r"\b[A-Z]{1,5}-?\d{3,10}\b")
_NAMES = """
SELECT id FROM customers_customer
WHERE beforehand_fold(name) %% beforehand_fold(%s) AND merged_into_id IS NULL AND id <> %s
LIMIT %s
"""


@dataclass
class Signs:
    """What a customer's record and words say of who they may be."""

    name: str
    domains: set[str]
    numbers: set[int] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)


@transaction.atomic
def suggest_duplicates(customer: Customer, *, at: datetime) -> list[Duplicate]:
    """Keep who may be the same person as a customer, with score and reasons.

    Costs a fixed number of index scans. What an agent has decided about two records, or about
    records that were merged into them, stands.
    """
    if customer.merged_into_id is not None or customer.erased_at is not None:
        return []
    signs = _signs(customer)
    found = _candidates(customer, signs)
    people = Customer.objects.standing().filter(pk__in=found, erased_at=None)
    decided = _decided(customer)
    kept = []
    for other in people:
        reasons = [*found[other.pk], *_same_name(signs, other)]
        score = min(99, sum(reason["points"] for reason in reasons))
        if score >= SUGGESTED_FROM and other.pk not in decided:
            kept.append(_keep(customer, other, score, reasons, at=at))
    return kept


@transaction.atomic
def keep_apart(one: Customer, other: Customer, *, by: Actor, at: datetime) -> Duplicate:
    """Say that two records are different people, for ever."""
    first, second = sorted((one.pk, other.pk))
    pair, _ = Duplicate.objects.select_for_update(of=("self",)).get_or_create(
        first_id=first, second_id=second, defaults={"score": 0, "found_at": at}
    )
    if pair.state == Duplicate.State.DIFFERENT:
        return pair
    pair.state, pair.decided_at, pair.decided_by_id = Duplicate.State.DIFFERENT, at, by.agent_id
    pair.save(update_fields=["state", "decided_at", "decided_by"])
    for mine, their in ((first, second), (second, first)):
        detail = {"customer": their}
        record_identity_event(mine, IdentityEvent.Kind.DIFFERENT, detail=detail, by=by, at=at)
    note_change(first, second)
    return pair


def _signs(customer: Customer) -> Signs:
    emails = customer.identities.filter(kind=Identity.Kind.EMAIL).order_by("pk")
    values = list(emails.values_list("value", flat=True))
    local = values[0].partition("@")[0] if values else ""
    name = customer.name or re.sub(r"[._+\d-]+", " ", local)
    signs = Signs(name, {value.rpartition("@")[2] for value in values} - PUBLIC_DOMAINS)
    facts = Fact.objects.filter(customer=customer, key="order_number")
    signs.orders |= set(facts.values_list("value", flat=True))
    said = Message.objects.filter(customer=customer, kind=Message.Kind.INBOUND).order_by("-at")
    for message in said[:MESSAGES]:
        text = f"{message.subject}\n{message.text[:READ_LENGTH]}"
        signs.numbers |= {int(number) for number in _QUOTED.findall(text)}
        signs.orders |= set(_ORDER.findall(text))
        signs.phones |= _phones(text, customer.country or None)
    return signs


def _phones(text: str, region: str | None) -> set[str]:
    return {
        phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        for match in phonenumbers.PhoneNumberMatcher(text, region)
    }


def _candidates(customer: Customer, signs: Signs) -> dict[int, list[dict[str, Any]]]:
    """Who shares something with a customer, by id, with what it is."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    quoted = Ticket.objects.filter(number__in=signs.numbers).order_by("number")
    _add(found, "quoted", quoted.values_list("customer_id", "number")[:CANDIDATES])
    orders = Order.objects.filter(number__in=signs.orders)
    facts = Fact.objects.filter(key="order_number", value__in=signs.orders)
    _add(found, "order", orders.values_list("customer_id", "number")[:CANDIDATES])
    _add(found, "order", facts.values_list("customer_id", "value")[:CANDIDATES])
    phones = Identity.objects.filter(kind=Identity.Kind.PHONE, value__in=signs.phones)
    _add(found, "phone", phones.values_list("customer_id", "shown")[:CANDIDATES])
    for other in _named_alike(customer, signs.name):
        found[other]  # the name itself is weighed with the rest
    found.pop(customer.pk, None)
    return found


def _add(
    found: dict[int, list[dict[str, Any]]], code: str, rows: Iterable[tuple[int, Any]]
) -> None:
    """Note a sign once for each customer, with the first value found."""
    for customer_id, value in rows:
        if all(reason["code"] != code for reason in found[customer_id]):
            found[customer_id].append({"code": code, "value": value, "points": POINTS[code]})


def _named_alike(customer: Customer, name: str) -> list[int]:
    if not name.strip():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.similarity_threshold = 0.55")
        cursor.execute(_NAMES, [name, customer.pk, CANDIDATES])
        return [pk for (pk,) in cursor.fetchall()]


def _same_name(signs: Signs, other: Customer) -> list[dict[str, Any]]:
    alike = JaroWinkler.normalized_similarity(_folded(signs.name), _folded(other.name))
    if not other.name.strip() or alike < SIMILAR:
        return []
    code = "name" if alike >= SAME else "similar_name"
    reasons = [{"code": code, "value": other.name, "points": POINTS[code]}]
    at_domains = Q()
    for domain in signs.domains:
        at_domains |= Q(value__endswith=f"@{domain}")
    if at_domains and (email := other.identities.filter(at_domains).first()):
        domain = email.value.rpartition("@")[2]
        reasons.append({"code": "domain", "value": domain, "points": POINTS["domain"]})
    return reasons


def _folded(name: str) -> str:
    """A name without case, accents and the order of its parts."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(sorted(re.findall(r"\w+", letters)))


def _decided(customer: Customer) -> set[int]:
    """Whom this customer was said not to be, records merged into either included."""
    family = [customer.pk, *customer.absorbed.values_list("pk", flat=True)]
    pairs = Duplicate.objects.filter(state=Duplicate.State.DIFFERENT)
    said = pairs.filter(Q(first__in=family) | Q(second__in=family))
    others = {pk for pair in said.values_list("first", "second") for pk in pair}
    owners = Customer.objects.filter(pk__in=others).values_list("merged_into", flat=True)
    return (others | {pk for pk in owners if pk is not None}) - {customer.pk}


def _keep(
    customer: Customer,
    other: Customer,
    score: int,
    reasons: list[dict[str, Any]],
    *,
    at: datetime,
) -> Duplicate:
    first, second = sorted((customer.pk, other.pk))
    order = list(POINTS)
    reasons.sort(key=lambda reason: order.index(reason["code"]))
    found = Duplicate(first_id=first, second_id=second, score=score, reasons=reasons, found_at=at)
    # Two workers may find a pair at once, each from its own side.
    Duplicate.objects.bulk_create([found], ignore_conflicts=True)
    pair = Duplicate.objects.get(first=first, second=second)
    if score > pair.score:
        pair.score, pair.reasons = score, reasons
        pair.save(update_fields=["score", "reasons"])
    note_change(first, second)
    return pair
