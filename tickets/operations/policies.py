"""SLA policies: which one a ticket falls under, and changing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from helpdesk.lib.actors import Actor
from tickets.errors import PolicyNameTaken, PolicyOvertaken
from tickets.models import SlaPolicy, Ticket

# What a condition can ask, in the order it is shown.
CONDITIONS = ("priority", "channel", "mailbox", "team", "topic", "tier", "organisation_tier")
EDITABLE = (
    "position",
    "conditions",
    "first_reply_minutes",
    "first_reply_measure",
    "next_reply_minutes",
    "next_reply_measure",
    "solving_minutes",
    "solving_measure",
    "calendar_name",
    "pauses",
    "escalations",
)
_LOOKED_UP = {
    "topic": ("topic",),
    "tier": ("customer",),
    "organisation_tier": ("customer__organisation", "customer__memberships__organisation"),
}
_NOT_TEXT = frozenset({"priority", "team", "topic"})

Facts = Mapping[str, frozenset[Any]]


def first_fit(policies: Iterable[SlaPolicy], facts: Facts) -> SlaPolicy | None:
    """Return the first policy all of whose conditions the facts meet."""
    return next((policy for policy in policies if fits(policy, facts)), None)


def fits(policy: SlaPolicy, facts: Facts) -> bool:
    return all(
        facts.get(name, frozenset()) & {_plain(name, value) for value in values}
        for name, values in policy.conditions.items()
    )


def facts_of(ticket: Ticket, policies: Iterable[SlaPolicy] | None = None) -> Facts:
    """Return what conditions can ask of a ticket; costs queries only for what `policies` ask, and
    none where `read_ahead` was there before."""
    asked = frozenset(CONDITIONS) if policies is None else _asked(policies)
    facts: dict[str, frozenset[Any]] = {
        "priority": frozenset({ticket.priority}),
        "channel": frozenset({ticket.channel}),
        "mailbox": frozenset({ticket.mailbox} - {""}),
        "team": frozenset({ticket.team_id} - {None}),
    }
    if "topic" in asked and ticket.topic is not None:
        facts["topic"] = frozenset({ticket.topic_id, ticket.topic.parent_id} - {None})
    if "tier" in asked:
        facts["tier"] = frozenset({ticket.customer.tier.lower()} - {""})
    if "organisation_tier" in asked:
        facts["organisation_tier"] = _organisation_tiers(ticket)
    return facts


def read_ahead(tickets: Sequence[Ticket], policies: Iterable[SlaPolicy]) -> None:
    """Read at once, for many tickets, what `facts_of` looks up for each of them."""
    paths = [path for name in _asked(policies) for path in _LOOKED_UP.get(name, ())]
    prefetch_related_objects(tickets, *paths)


def _asked(policies: Iterable[SlaPolicy]) -> set[str]:
    return {name for policy in policies for name in policy.conditions}


def policy_of(ticket: Ticket, *, at: datetime) -> SlaPolicy | None:
    """Return the version, of those in force at a moment, that a ticket as it is falls under."""
    policies = list(SlaPolicy.objects.in_force(at))
    return first_fit(policies, facts_of(ticket, policies))


def policy_for_channel(channel: str, *, at: datetime) -> SlaPolicy | None:
    """Return what a new ticket of a channel, of which no more is known, will fall under."""
    facts: Facts = {
        "channel": frozenset({channel}),
        "priority": frozenset({Ticket.Priority.NORMAL.value}),
    }
    return first_fit(SlaPolicy.objects.in_force(at), facts)


@transaction.atomic
def make_policy(*, name: str, by: Actor, at: datetime, **fields: Any) -> SlaPolicy:
    """Begin a new policy; `fields` are EDITABLE ones. Raises PolicyNameTaken."""
    if SlaPolicy.objects.filter(name=name).exists():
        raise PolicyNameTaken(name=name)
    return SlaPolicy.objects.create(
        name=name, begins_at=at, made_by_id=by.agent_id, **_editable(fields)
    )


@transaction.atomic
def change_policy(policy: SlaPolicy, *, by: Actor, at: datetime, **fields: Any) -> SlaPolicy:
    """End a version and begin the next with other EDITABLE fields; the same ones change nothing.

    Targets that began under the old version keep it. Raises PolicyOvertaken.
    """
    policy = _lock(policy)
    if all(getattr(policy, name) == value for name, value in _editable(fields).items()):
        return policy
    policy.ends_at = at
    policy.save(update_fields=["ends_at"])
    kept = {name: getattr(policy, name) for name in EDITABLE}
    return SlaPolicy.objects.create(
        name=policy.name,
        version=policy.version + 1,
        begins_at=at,
        made_by_id=by.agent_id,
        **kept | fields,
    )


@transaction.atomic
def end_policy(policy: SlaPolicy, *, at: datetime) -> SlaPolicy:
    """Take a policy out of force; what it measured stays. Raises PolicyOvertaken."""
    policy = _lock(policy)
    policy.ends_at = at
    policy.save(update_fields=["ends_at"])
    return policy


def _lock(policy: SlaPolicy) -> SlaPolicy:
    policy = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
    if policy.ends_at is not None:
        raise PolicyOvertaken(name=policy.name)
    return policy


def _editable(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - set(EDITABLE)
    if unknown:
        raise ValueError(f"A policy has no {sorted(unknown)}.")
    return fields


def _plain(name: str, value: Any) -> Any:
    return value if name in _NOT_TEXT else str(value).lower()


def _organisation_tiers(ticket: Ticket) -> frozenset[str]:
    customer = ticket.customer
    prefetch_related_objects([customer], "memberships__organisation")
    named = {one.organisation.tier.lower() for one in customer.memberships.all()}
    if customer.organisation is not None:
        named.add(customer.organisation.tier.lower())
    return frozenset(named - {""})
