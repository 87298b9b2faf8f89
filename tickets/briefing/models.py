from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from helpdesk.accounts.models import Agent
from tickets.models import Message, Ticket


class StoredBriefing(models.Model):
    """The briefing of an unfinished ticket as everybody may see it who sees all `teams` in it.

    Stale when the customer's `revision` has moved on, when the rules have changed, or when
    `valid_until` has passed. `inputs_hash` is over items alone: the same
    inputs give the same bytes.
    """

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="stored_briefing"
    )
    ruleset = models.CharField(max_length=40)
    inputs_hash = models.CharField(max_length=64)
    customer_revision = models.PositiveBigIntegerField()
    computed_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    teams = ArrayField(models.BigIntegerField(), default=list)
    items = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(name="briefing_to_renew", fields=("valid_until",)),)

    def __str__(self) -> str:
        return f"briefing of ticket {self.ticket_id}"


class Unbriefed(models.Model):
    """A ticket whose terms, issue and briefing are still to be made; a row of each, none twice."""

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="unbriefed"
    )
    due_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(name="unbriefed_due", fields=("due_at",)),)

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} is to be briefed"


class FrozenBriefing(models.Model):
    """What the agent could know when they sent a reply: a copy that never changes.

    `attempt` is the how-manieth contact about the issue it said. `was_seen` is whether the writer
    had it before them for two seconds since the reply before; None where nobody noted that.
    """

    message = models.OneToOneField(
        Message, models.CASCADE, primary_key=True, related_name="frozen_briefing"
    )
    ruleset = models.CharField(max_length=40)
    frozen_at = models.DateTimeField()
    items = models.JSONField(default=list)
    attempt = models.PositiveSmallIntegerField(default=1, db_default=1)
    was_seen = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"briefing at message {self.message_id}"


class BriefingLook(models.Model):
    """Which items an agent saw when they last looked at a ticket: the others are new to them."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="briefing_looks")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    keys = ArrayField(models.CharField(max_length=16), default=list)

    class Meta:
        constraints = (models.UniqueConstraint(name="look_once", fields=("ticket", "agent")),)

    def __str__(self) -> str:
        return f"look of {self.agent_id} at ticket {self.ticket_id}"


class RuleUse(models.Model):
    """How often a rule's lines came before an agent's eyes on a day, and what proves them was
    opened. A line counts once for each agent until it says something else."""

    rule = models.CharField(max_length=60)
    day = models.DateField()
    shown = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(name="rule_use_once", fields=("rule", "day")),)

    def __str__(self) -> str:
        return f"{self.rule} on {self.day}: {self.opened} of {self.shown}"


class ItemMark(models.Model):
    """What an agent thought of an item: useful, or wrong and why. Shown to nobody, counted by rule.

    `correction` is what it should have said, where one word says it: the mood.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="briefing_marks")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    rule = models.CharField(max_length=60)
    item_key = models.CharField(max_length=16)
    is_useful = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    correction = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="mark_once", fields=("ticket", "agent", "item_key")),
        )
        indexes = (models.Index(name="marks_of_rule", fields=("rule", "is_useful")),)

    def __str__(self) -> str:
        return f"{self.rule}: {'useful' if self.is_useful else 'wrong'}"
