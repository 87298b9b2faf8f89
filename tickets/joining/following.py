"""How the rows that point at a record follow when two become one, and how they find back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps
from django.db.models import (
    Exists,
    ForeignObjectRel,
    Model,
    OuterRef,
    Q,
    QuerySet,
    UniqueConstraint,
)

from customers.models import Customer
from tickets.models import Ticket

Ids = dict[str, list[int]]
WRITTEN_AT_ONCE = 5_000
RELATED = "customers.relationship.{}"


class Rule(Enum):
    """FOLLOW: goes to the other record. STAY: history, or derived anew from what follows."""

    FOLLOW = "follow"
    STAY = "stay"


# Every foreign key to a customer and to a ticket. A test fails for one that is not named; what is
# not named follows.
RULES: dict[str, Rule] = {
    "customers.consent.customer": Rule.FOLLOW,
    "customers.customernote.customer": Rule.FOLLOW,
    "customers.fact.customer": Rule.FOLLOW,
    "customers.identity.customer": Rule.FOLLOW,
    "customers.membership.customer": Rule.FOLLOW,
    "customers.order.customer": Rule.FOLLOW,
    "customers.outsideevent.customer": Rule.FOLLOW,
    "customers.promise.customer": Rule.FOLLOW,
    "customers.relationship.customer": Rule.FOLLOW,
    "customers.relationship.other": Rule.FOLLOW,
    "customers.touchpoint.customer": Rule.FOLLOW,
    "customers.viewing.customer": Rule.FOLLOW,
    "customers.accessrequest.customer": Rule.FOLLOW,
    "incidents.incidentexclusion.customer": Rule.FOLLOW,
    "issues.issue.customer": Rule.FOLLOW,
    "customers.customer.merged_into": Rule.STAY,
    "customers.duplicate.first": Rule.STAY,  # what was decided about whom stays said
    "customers.duplicate.second": Rule.STAY,
    "customers.identityevent.customer": Rule.STAY,  # the ledger is never changed
    "customers.touchpointyear.customer": Rule.STAY,  # counted anew
    "cx.cxfact.customer": Rule.FOLLOW,
    "cx.cxsummary.customer": Rule.STAY,  # computed anew
    "cx.healthchange.customer": Rule.STAY,  # how each record stood, and when, stays said
    "feedback.rating.customer": Rule.FOLLOW,
    "surveys.invitation.customer": Rule.FOLLOW,
    "surveys.invitation.ticket": Rule.STAY,  # what they were asked about stays said
    "metrics.resolution.customer": Rule.FOLLOW,
    "privacy.datarequest.customer": Rule.STAY,  # who asked for what about which record
    "speech.handover.ticket": Rule.FOLLOW,
    "speech.promisesuggestion.ticket": Rule.FOLLOW,
    "speech.repeatask.customer": Rule.FOLLOW,
    "tickets.delivery.customer": Rule.FOLLOW,
    "tickets.message.customer": Rule.FOLLOW,
    "tickets.participant.customer": Rule.FOLLOW,
    "tickets.ticket.customer": Rule.FOLLOW,
    "incidents.incidentticket.ticket": Rule.STAY,  # what was said of which ticket stays said
    "briefing.briefinglook.ticket": Rule.STAY,
    "briefing.itemmark.ticket": Rule.STAY,
    "briefing.storedbriefing.ticket": Rule.STAY,  # made anew
    "briefing.unbriefed.ticket": Rule.STAY,
    "issues.issuename.ticket": Rule.STAY,
    "issues.issueticket.ticket": Rule.STAY,
    "issues.linkdecision.first": Rule.STAY,
    "issues.linkdecision.second": Rule.STAY,
    "issues.ticketterms.ticket": Rule.STAY,
    "metrics.resolution.ticket": Rule.STAY,
    "metrics.target.ticket": Rule.STAY,  # derived anew
    "metrics.unsettled.ticket": Rule.STAY,
    "tickets.draft.ticket": Rule.FOLLOW,
    "tickets.message.ticket": Rule.FOLLOW,
    "tickets.messagewords.ticket": Rule.FOLLOW,
    "tickets.participant.ticket": Rule.FOLLOW,
    "tickets.ticket.follows": Rule.STAY,
    "tickets.ticket.merged_into": Rule.STAY,
    "tickets.ticketevent.ticket": Rule.STAY,  # history is never changed
}
# What a ticket left on its customer's timeline names it by number, and carries its team.
TRACES = (
    "customers.touchpoint.ticket_number",
    "customers.fact.ticket_number",
    "customers.promise.ticket_number",
    "feedback.rating.ticket_number",
)


@dataclass(frozen=True)
class Column:
    """A column that names a customer or a ticket; written as "app.model.field"."""

    model: type[Model]
    name: str

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"  # noqa: SLF001

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._base_manager.all()  # noqa: SLF001

    @property
    def last(self) -> int:
        """The id of the newest row, whomever it is about."""
        return self.rows.order_by("-pk").values_list("pk", flat=True).first() or 0

    @property
    def of_ticket(self) -> str:
        """The way from a row to the number of the ticket it belongs to; "" where it has none."""
        if self.model is Ticket:
            return "number"
        names = {field.name for field in self.model._meta.get_fields()}  # noqa: SLF001
        ways = {"ticket_number": "ticket_number", "ticket": "ticket__number"}
        ways["message"] = "message__ticket__number"
        return next((way for name, way in ways.items() if name in names), "")

    def clashes(self, to: int) -> Q:
        """Rows that cannot point to a record since one like them does already."""
        found = Q(pk__in=[])
        for others in self._unique_with():
            alike = self.rows.filter(**{self.name: to}, **{name: OuterRef(name) for name in others})
            found |= Q(Exists(alike))
        if str(self) in {RELATED.format("customer"), RELATED.format("other")}:
            other = "other" if self.name == "customer" else "customer"
            found |= Q(**{other: to})  # nobody is related to themselves
        return found

    def _unique_with(self) -> Iterator[list[str]]:
        meta = self.model._meta  # noqa: SLF001
        if getattr(meta.get_field(self.name), "unique", False):
            yield []
        for constraint in meta.constraints:
            if isinstance(constraint, UniqueConstraint) and self.name in constraint.fields:
                yield [name for name in constraint.fields if name != self.name]

    def point(self, rows: QuerySet[Any], *, to: int, **also: Any) -> list[int]:
        """Point rows to another record and return their ids; what clashes is left where it is."""
        free = rows.exclude(self.clashes(to)) if not also else rows
        ids = list(free.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), WRITTEN_AT_ONCE):
            part = ids[start : start + WRITTEN_AT_ONCE]
            self.rows.filter(pk__in=part).update(**{self.name: to}, **also)
        return ids


def columns_to(model: type[Customer] | type[Ticket]) -> list[Column]:
    """Every foreign key to customers, or to tickets, in the order of their names."""
    found = [
        Column(relation.related_model, relation.field.name)
        for relation in model._meta.get_fields(include_hidden=True)  # noqa: SLF001
        if isinstance(relation, ForeignObjectRel)
        and not relation.many_to_many
        and not relation.related_model._meta.auto_created  # noqa: SLF001
    ]
    return sorted(found, key=str)


def following(model: type[Customer] | type[Ticket]) -> list[Column]:
    return [column for column in columns_to(model) if RULES.get(str(column)) != Rule.STAY]


def column(name: str) -> Column:
    """The column of this name, as `Merge.moved` has it."""
    label, _, field = name.rpartition(".")
    return Column(apps.get_model(label), field)
