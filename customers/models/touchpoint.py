from __future__ import annotations

from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.looking import IsGranted
from helpdesk.accounts.models import Agent, IsTeamOf, Team
from helpdesk.accounts.roles import Permission


class TeamScopedQuerySet(models.QuerySet):
    """Rows that came from a ticket carry its team; rows without one are for every agent."""

    def visible_to(self, agent: Agent) -> TeamScopedQuerySet:
        """Leave out what belongs to teams this agent is not in, unless they were granted to see
        the customer.
        """
        if agent.may(Permission.SEE_ALL_TEAMS):
            return self
        if not agent.may(Permission.WORK_TICKETS):
            return self.none()
        return self.filter(Q(team=None) | Q(IsTeamOf(agent)) | Q(IsGranted(agent)))


class Touchpoint(models.Model):
    """One moment in a customer's life with us: the timeline, a row a moment.

    Holds what a reader needs to see it in place (title, text), so that a customer's whole life
    is one range scan of (customer, at). `is_contact` marks the customer turning to us: one a
    burst of messages, however many they wrote before we answered. `ticket_number` and `ref_*`
    say where it came from.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message"
        REPLY = "reply"
        NOTE = "note"
        CALL = "call"
        VISIT = "visit"
        LETTER = "letter"
        SOLVED = "solved"
        REOPENED = "reopened"
        PROMISE = "promise"
        PROMISE_KEPT = "promise_kept"
        RATING = "rating"
        ORDER = "order"
        ARTICLE = "article"
        STEP = "step"
        IDENTITY = "identity"
        EVENT = "event"

    class Direction(models.TextChoices):
        INBOUND = "in"
        OUTBOUND = "out"
        INTERNAL = ""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="touchpoints")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind)
    channel = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=3, choices=Direction, blank=True)
    is_contact = models.BooleanField(default=False)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    ref_kind = models.CharField(max_length=20, blank=True)
    ref_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects = TeamScopedQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(name="touchpoint_timeline", fields=("customer", "-at", "-id")),
            models.Index(
                name="touchpoint_contacts",
                fields=("customer", "-at"),
                include=("team",),
                condition=Q(is_contact=True),
            ),
            models.Index(
                name="touchpoint_replies",
                fields=("customer", "-at"),
                include=("agent", "team"),
                condition=Q(kind="reply"),
            ),
            models.Index(
                name="touchpoint_ratings",
                fields=("ticket_number", "-at"),
                include=("title",),
                condition=Q(kind="rating"),
            ),
            models.Index(
                name="touchpoint_articles",
                fields=("customer", "-at"),
                condition=Q(kind="article"),
            ),
            models.Index(
                name="touchpoint_of_ticket",
                fields=("ticket_number",),
                condition=Q(ticket_number__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                name="touchpoint_recorded_once",
                fields=("ref_kind", "ref_id", "kind"),
                condition=Q(ref_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id} at {self.at:%Y-%m-%d %H:%M}"


class TouchpointYear(models.Model):
    """How many touchpoints a customer has in a year (UTC), so that folded years need no count."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    touchpoints = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="touchpoint_year_once", fields=("customer", "year")),
        )

    def __str__(self) -> str:
        return f"{self.year}: {self.touchpoints}"
