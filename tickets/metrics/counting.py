"""Which tickets count in no number (METRICS 5.0): spam, tests, and our own people's."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from customers.models import Identity
from helpdesk.accounts.models import Agent
from tickets.models import Ticket

# Labels of tickets that are nobody's experience.
UNCOUNTED_LABELS = ("spam", "test")


def uncounted(ticket_ids: Iterable[int]) -> set[int]:
    """Return those of the tickets that are labelled spam or test, or come from an agent."""
    tickets = Ticket.objects.filter(pk__in=list(ticket_ids)).order_by()
    labelled = tickets.filter(tags__name__in=UNCOUNTED_LABELS)
    agents = Agent.objects.filter(email__iexact=OuterRef("value"))
    ours = Identity.objects.filter(
        Exists(agents), customer=OuterRef("customer"), kind=Identity.Kind.EMAIL
    )
    # Either alone is found by its index; one or the other would read every address we know.
    found = labelled.values_list("pk").union(tickets.filter(Exists(ours)).values_list("pk"))
    return {pk for (pk,) in found}
