from __future__ import annotations

from django.db import models
from django.db.models import Q

from customers.models import Customer, Promise
from helpdesk.accounts.models import Agent, Team
from tickets.models import Message, Ticket


class PromiseSuggestion(models.Model):
    """A dated sentence of a reply that may be tracked as a promise, for an agent to say.

    Declined ones are kept and count against nobody.
    """

    class Status(models.TextChoices):
        OFFERED = "offered"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="promise_suggestions")
    message = models.ForeignKey(Message, models.CASCADE, related_name="promise_suggestions")
    text = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OFFERED)
    promise = models.ForeignKey(Promise, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(name="suggestion_once", fields=("message", "text")),)
        indexes = (
            models.Index(
                name="suggestion_offered", fields=("ticket",), condition=Q(status="offered")
            ),
        )

    def __str__(self) -> str:
        return self.text


class RepeatAsk(models.Model):
    """A reply asked for something the writer could have known already (METRICS, repeat-ask)."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="repeat_asks")
    message = models.ForeignKey(Message, models.CASCADE, related_name="repeat_asks")
    key = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(name="repeat_ask_once", fields=("message", "key")),)

    def __str__(self) -> str:
        return f"{self.key} in message {self.message_id}"


class HandOver(models.Model):
    """What whoever takes a ticket over must know, from whoever gave it away.

    Stands above the ticket until one of the receivers has acknowledged it.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="hand_overs")
    note = models.OneToOneField(Message, models.CASCADE, related_name="hand_over")
    by_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    to_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    to_team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    wants = models.TextField(blank=True)
    tried = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    promised = models.TextField(blank=True)
    at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Agent, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = (
            models.Index(
                name="hand_over_unread",
                fields=("ticket", "-at"),
                condition=Q(acknowledged_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"hand-over of ticket {self.ticket_id}"
