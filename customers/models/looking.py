from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from customers.models.customer import Customer
from helpdesk.accounts.models import Agent


class Viewing(models.Model):
    """An agent looked at a customer's profile or ticket in an hour (UTC)."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="viewings")
    hour = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="viewing_once", fields=("customer", "agent", "hour")),
        )
        indexes = (models.Index(name="viewing_newest", fields=("customer", "-hour")),)

    def __str__(self) -> str:
        return f"agent {self.agent_id} saw customer {self.customer_id}"


class IsGranted(models.Func):
    """Whether a row's customer is one an agent was granted to see, at the moment of asking.

    As in IsTeamOf the array is read once, before the plan begins.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = models.BooleanField()

    def __init__(self, agent: Agent) -> None:
        granted = AccessRequest.objects.filter(agent=agent, until__gt=Now())
        super().__init__(models.F("customer"), ArraySubquery(granted.values("customer")))


class AccessRequest(models.Model):
    """An agent asks to see what other teams know of a customer; a supervisor decides.

    Granted, they see it until `until`.
    """

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="access_requests")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="access_requests")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="access_asked_once",
                fields=("agent", "customer"),
                condition=Q(decided_at__isnull=True),
            ),
        )
        indexes = (
            models.Index(
                name="access_undecided", fields=("at",), condition=Q(decided_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"agent {self.agent_id} asks about customer {self.customer_id}"
