from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from tickets.models import BusinessCalendar, SlaPolicy, TargetKind, Ticket


class Resolution(models.Model):
    """One solve cycle of a ticket, in numbers: from opening or reopening to being solved.

    Derived from events alone; `calendar` and `version` say by which hours and definitions.
    Times are in seconds, `_c` by the calendar, `_b` in business time (METRICS 5.0).
    `time_to_solve` runs from the cycle's start, `full_time` from the ticket's opening.
    `reopened_at` withdraws the cycle from what is solved now; a courtesy ("thank you", solved
    again without a reply) does not. `is_eligible` for first contact: the customer came to us.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="resolutions")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="resolutions")
    cycle = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    calendar = models.ForeignKey(BusinessCalendar, models.PROTECT, null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    solved_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)
    started_at = models.DateTimeField()
    solved_at = models.DateTimeField()
    first_response_c = models.FloatField(null=True, blank=True)
    first_response_b = models.FloatField(null=True, blank=True)
    next_responses_c = models.JSONField(default=list, blank=True)
    next_responses_b = models.JSONField(default=list, blank=True)
    time_to_solve_c = models.FloatField()
    time_to_solve_b = models.FloatField()
    full_time_c = models.FloatField(default=0)
    full_time_b = models.FloatField(default=0)
    turn_wait_c = models.FloatField(default=0)
    turn_wait_b = models.FloatField(default=0)
    waiting_us_c = models.FloatField(default=0)
    waiting_us_b = models.FloatField(default=0)
    waiting_customer_c = models.FloatField(default=0)
    waiting_customer_b = models.FloatField(default=0)
    waiting_other_c = models.FloatField(default=0)
    waiting_other_b = models.FloatField(default=0)
    replies = models.PositiveIntegerField(default=0)
    agent_transfers = models.PositiveIntegerField(default=0)
    team_transfers = models.PositiveIntegerField(default=0)
    reopened_at = models.DateTimeField(null=True, blank=True)
    is_courtesy = models.BooleanField(default=False)
    is_eligible = models.BooleanField(default=False)
    is_one_touch = models.BooleanField(default=False)
    is_first_contact = models.BooleanField(null=True, blank=True)
    first_contact_decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="resolution_per_cycle", fields=("ticket", "cycle")),
        )
        indexes = (
            models.Index(name="resolution_of_customer", fields=("customer", "-solved_at")),
            models.Index(
                name="resolution_undecided",
                fields=("solved_at",),
                condition=Q(cycle=1, is_eligible=True, first_contact_decided_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"cycle {self.cycle} of ticket {self.ticket_id}"


class Target(models.Model):
    """What a policy asked of a ticket once, and whether it was kept (METRICS 5.2).

    Derived from events. `policy` is the version it is measured by: of those in force when it
    began, the one that fits the ticket; once it has ended, that never changes. `spent` is in
    seconds of the policy's measure. `due_at` is empty where no clock runs. Cancelled: solved
    without a reply, merged into another ticket, or no longer asked for. `warn_at` and
    `escalate_at` say when the policy has something done; `warned_at` and `escalated_at`, that it
    was, and are kept as long as the same stretch of the ticket is meant.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", _("running")
        MET = "met", _("met")
        BREACHED = "breached", _("breached")
        CANCELLED = "cancelled", _("cancelled")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="targets")
    ref = models.CharField(max_length=24)
    kind = models.CharField(max_length=12, choices=TargetKind)
    policy = models.ForeignKey(SlaPolicy, models.PROTECT, related_name="targets")
    calendar = models.ForeignKey(BusinessCalendar, models.PROTECT, null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    spent = models.FloatField(default=0)
    outcome = models.CharField(max_length=9, choices=Outcome)
    warn_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="target_once", fields=("ticket", "ref")),)
        indexes = (
            models.Index(name="target_ended", fields=("kind", "ended_at")),
            models.Index(
                name="target_to_warn",
                fields=("warn_at",),
                condition=Q(outcome="pending", warn_at__isnull=False, warned_at__isnull=True),
            ),
            models.Index(
                name="target_to_escalate",
                fields=("escalate_at",),
                condition=Q(
                    outcome="pending", escalate_at__isnull=False, escalated_at__isnull=True
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.ref} of ticket {self.ticket_id}"


class Alert(models.Model):
    """An agent was told of a target that is nearly due or was missed. Gone once it has ended."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="alerts")
    target = models.ForeignKey(Target, models.CASCADE, related_name="alerts")
    is_missed = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(name="alerted_once", fields=("agent", "target")),)

    def __str__(self) -> str:
        return f"agent {self.agent_id} told of target {self.target_id}"


class Unsettled(models.Model):
    """A ticket with events whose numbers are still to be derived, from `due_at` on."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="+")
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"numbers of ticket id {self.ticket_id}"


class DayNumber(models.Model):
    """A day's facts of one metric, for everybody or for one key of a dimension, rolled up.

    `total` is the sum of what the metric counts (the hits of a share); `values` and `business` are
    the single values in ascending order, where their median is asked for. Read by
    tickets.metrics.reporting, which knows what a metric is; a day only counts as a RolledDay.
    """

    class Dimension(models.TextChoices):
        ALL = "all", _("all")
        TEAM = "team", _("team")
        AGENT = "agent", _("agent")
        CHANNEL = "channel", _("channel")
        TOPIC = "topic", _("topic")
        ORGANISATION = "organisation", _("organisation")
        TIER = "tier", _("tier")

    day = models.DateField()
    metric = models.CharField(max_length=24)
    dimension = models.CharField(max_length=12, choices=Dimension)
    key = models.CharField(max_length=60, blank=True)
    n = models.PositiveIntegerField()
    total = models.FloatField()
    values = ArrayField(models.FloatField(), default=list)
    business = ArrayField(models.FloatField(), default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="day_number_once", fields=("metric", "dimension", "key", "day")
            ),
        )
        indexes = (models.Index(name="day_number_of_dimension", fields=("dimension", "day")),)

    def __str__(self) -> str:
        return f"{self.metric} of {self.day}, {self.dimension} {self.key}"


class RolledDay(models.Model):
    """A day of the workspace's time zone whose facts are rolled up as DayNumbers."""

    day = models.DateField(primary_key=True)
    zone = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.day} in {self.zone}"


class Unrolled(models.Model):
    """A quarter of an hour of which facts have changed; its day is to be rolled up again.

    The database notes it with each change of facts, whoever makes it; rows are only ever added
    and taken away, so that nobody waits for anybody.
    """

    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"facts of {self.at}"
