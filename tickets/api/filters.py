from typing import ClassVar

import django_filters

from tickets.models import Category, Ticket
from tickets.models.ticket import TicketQuerySet


class TicketFilter(django_filters.FilterSet):
    """Narrow the list by exact values and times; every one of them has an index to stand on."""

    category = django_filters.MultipleChoiceFilter(choices=Category.choices)
    is_finished = django_filters.BooleanFilter()
    tag = django_filters.CharFilter(field_name="tags__name")
    customer_email = django_filters.CharFilter(method="of_address")
    updated_after = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    opened_after = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")
    opened_before = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="lt")

    class Meta:
        model = Ticket
        fields: ClassVar[list[str]] = [
            "team",
            "assignee",
            "customer",
            "topic",
            "channel",
            "is_imported",
        ]

    def of_address(self, tickets: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        address = value.strip().lower()
        return tickets.filter(customer__identities__value=address)
