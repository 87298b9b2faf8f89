from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from customers.models import Customer
from tickets.models.message import Message

# A delivery claimed longer ago than this was claimed by a worker that has died.
STUCK_AFTER = timedelta(minutes=5)
LATE = timedelta(seconds=20)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> DeliveryQuerySet:
        """What may be sent now: its moment has come, or its first task was lost."""
        return self.filter(state__in=Delivery.WAITING).filter(
            Q(next_attempt_at__lte=at) | Q(next_attempt_at=None, message__created_at__lt=at - LATE)
        )

    def stuck(self, at: datetime) -> DeliveryQuerySet:
        """Claimed so long ago that the worker must have died, or before the clock was set back."""
        long_ago, ahead = Q(claimed_at__lt=at - STUCK_AFTER), Q(claimed_at__gt=at + STUCK_AFTER)
        return self.filter(long_ago | ahead, state=Delivery.State.SENDING)


class Delivery(models.Model):
    """One copy of an outgoing message: to whom, under which Message-ID, and how far it got.

    `handed_over_at` is set just before the last byte goes out: a copy that was cut off later may
    have arrived, one cut off before cannot have. `may_be_double` stays once such a copy was sent
    again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        SENDING = "sending", "Being sent"
        DEFERRED = "deferred", "Failed for now, will be tried again"
        UNKNOWN = "unknown", "Not known whether sent, will be tried again"
        SENT = "sent"
        BOUNCED = "bounced", "Sent and returned"
        FAILED = "failed"

    WAITING = (State.QUEUED, State.DEFERRED, State.UNKNOWN)
    UNDELIVERED = (State.FAILED, State.BOUNCED)

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True)
    address = models.CharField(max_length=320)
    is_cc = models.BooleanField(default=False)
    mail_id = models.CharField(max_length=250, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    may_be_double = models.BooleanField(default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(name="delivered_once", fields=("message", "address")),
        )
        indexes = (
            models.Index(
                name="delivery_waiting",
                fields=("state", "next_attempt_at"),
                condition=Q(state__in=("queued", "sending", "deferred", "unknown")),
            ),
        )

    def __str__(self) -> str:
        return f"message {self.message_id} to {self.address}"


# What a message with several copies shows: the worst of them, the most pressing first.
_PRESSING = (
    Delivery.State.FAILED,
    Delivery.State.BOUNCED,
    Delivery.State.UNKNOWN,
    Delivery.State.DEFERRED,
    Delivery.State.SENDING,
    Delivery.State.QUEUED,
    Delivery.State.SENT,
)


def worst_state(states: Iterable[str]) -> str:
    """The state that a message with copies in these states shows; "" for none."""
    present = set(states)
    return next((state.value for state in _PRESSING if state in present), "")
