from __future__ import annotations

from django.db import models
from django.db.models import Q

from helpdesk.accounts.models import Agent
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class TicketEvent(models.Model):
    """One thing that happened to a ticket. Appended to, never changed: a database rule keeps it.

    The audit log, the source of every metric, and the outbox of reactions: `reacted_at` is empty
    until what follows has been started.
    """

    class Kind(models.TextChoices):
        OPENED = "opened"
        RECEIVED = "received"
        REPLIED = "replied"
        NOTED = "noted"
        ACKNOWLEDGED = "acknowledged"
        ASSIGNED = "assigned"
        MOVED = "moved"
        STATUS = "status"
        SOLVED = "solved"
        REOPENED = "reopened"
        CLOSED = "closed"
        PRIORITY = "priority"
        TOPIC = "topic"
        TAGGED = "tagged"
        RETITLED = "retitled"
        CONTACT_LOGGED = "contact_logged"
        PROMISED = "promised"
        PROMISE_KEPT = "promise_kept"
        PROMISE_ENDED = "promise_ended"
        PARTICIPANT = "participant"
        DELIVERED = "delivered"
        DELIVERY_FAILED = "delivery_failed"
        DELIVERY_RETRIED = "delivery_retried"
        BOUNCED = "bounced"
        WITHDRAWN = "withdrawn"
        SURVEYED = "surveyed"
        RATED = "rated"
        LINKED = "linked"
        UNLINKED = "unlinked"
        MERGED = "merged"
        UNMERGED = "unmerged"
        SPLIT = "split"
        UNSPLIT = "unsplit"
        CUSTOMER = "customer", "Customer changed"
        TARGET_WARNED = "target_warned"
        TARGET_MISSED = "target_missed"

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=18, choices=Kind)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=80, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True)
    old = models.JSONField(default=dict, blank=True)
    new = models.JSONField(default=dict, blank=True)
    reacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(name="event_timeline", fields=("ticket", "at", "id")),
            models.Index(
                name="event_unreacted", fields=("id",), condition=Q(reacted_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} on ticket {self.ticket_id} at {self.at:%Y-%m-%d %H:%M}"
