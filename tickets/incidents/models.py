from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from customers.models import Customer
from helpdesk.accounts.models import Agent
from tickets.models import Ticket, Topic


class IncidentQuerySet(models.QuerySet["Incident"]):
    def active(self, at: datetime) -> IncidentQuerySet:
        """Incidents in whose window a moment lies."""
        return self.filter(began_at__lte=at).filter(Q(ended_at=None) | Q(ended_at__gte=at))

    def lock(self, pk: int) -> Incident:
        """Fetch one incident for change, making other writers wait for this one."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class Incident(models.Model):
    """One known problem that affects many customers.

    A ticket is likely part of it when the topic is the same, a field or a cue word matches, and
    it came within the window from `began_at` to `ended_at` (BRIEFING 3.2). `fields` are values
    such as {"payment_method": "PayPal"}; `cue_words` are lower case.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        RESOLVED = "resolved"

    title = models.CharField(max_length=200)
    known = models.TextField(blank=True)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+")
    fields = models.JSONField(default=dict, blank=True)
    cue_words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    next_update_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="incident_resolved_has_end",
                condition=Q(status="open") | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(name="incident_has_title", condition=~Q(title="")),
        )
        indexes = (models.Index(name="incident_newest", fields=("status", "-began_at")),)

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("desk:incident", args=[self.pk])

    @property
    def label(self) -> str:
        """How people name it: INC-7."""
        return f"INC-{self.pk}"


class IncidentTicket(models.Model):
    """What an agent said of a ticket and an incident: part of it, or not."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="links")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="incident_links")
    is_part = models.BooleanField()
    by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="incident_ticket_once", fields=("incident", "ticket")),
            models.UniqueConstraint(
                name="ticket_in_one_incident", fields=("ticket",), condition=Q(is_part=True)
            ),
        )

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} and incident {self.incident_id}"


class IncidentExclusion(models.Model):
    """A customer who is not to be counted among the affected, and why."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="exclusions")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="exclusion_once", fields=("incident", "customer")),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} is not affected by {self.incident_id}"


class IncidentUpdate(models.Model):
    """What became known of an incident, when; the newest stands on top of its page."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="updates")
    text = models.TextField()
    by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(name="update_of_incident", fields=("incident", "-at")),)

    def __str__(self) -> str:
        return f"update of incident {self.incident_id}"
