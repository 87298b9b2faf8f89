from __future__ import annotations

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Organisation
from customers.models.touchpoint import TeamScopedQuerySet
from helpdesk.accounts.models import Agent, Team


class CXFact(models.Model):
    """One number about a customer's experience, derived from what happened and when.

    `kind` names the definition (docs/metrics.md), `value` is in its unit
    (seconds, count, score), `version` is the definition's version. The row is what a number on
    the profile opens to: `ticket_number` says where it came from. It follows its source: a
    reopened ticket takes its time to solve back, in the same transaction.

    Reports cut by team, agent (whose work it was), channel and topic (of its ticket), and by
    `organisation` and `tier`, which the database keeps as the customer has them now
    (docs/decisions/0035).
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="cx_facts")
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    value = models.FloatField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=20, blank=True, default="", db_default="")
    topic_id = models.BigIntegerField(null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    tier = models.CharField(max_length=60, blank=True, db_default="", editable=False)
    ref = models.CharField(max_length=60)
    data = models.JSONField(default=dict, blank=True)

    objects = TeamScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="cx_fact_once", fields=("customer", "kind", "ref")),
        )
        indexes = (
            models.Index(name="cx_fact_window", fields=("customer", "-at")),
            models.Index(name="cx_fact_of_kind", fields=("kind", "at")),
            models.Index(
                name="cx_fact_of_ticket",
                fields=("ticket_number",),
                condition=Q(ticket_number__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value} of customer {self.customer_id}"


class CXSummary(models.Model):
    """The numbers of one customer or one organisation, computed from its facts in windows.

    `stale_at` is the next moment at which time alone changes them: a fact leaves its window, or a
    promise falls due. `cohort` names whom they are compared with (customers.cx.cohorts), as of
    last night.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, null=True, blank=True, related_name="cx_summary"
    )
    organisation = models.OneToOneField(
        Organisation, models.CASCADE, null=True, blank=True, related_name="cx_summary"
    )
    computed_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)
    data = models.JSONField(default=dict)
    stale_at = models.DateTimeField(null=True, blank=True)
    cohort = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta:
        indexes = (
            models.Index(
                name="cx_summary_stale",
                fields=("stale_at",),
                condition=Q(stale_at__isnull=False),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="summary_of_one_subject",
                condition=Q(customer__isnull=False, organisation__isnull=True)
                | Q(customer__isnull=True, organisation__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"CX summary {self.pk}"


class CXBaseline(models.Model):
    """What is usual in a cohort for one kind of fact, over twelve months, to compare with.

    Without a cohort, in the whole workspace. `median` and `p90` are of the values in their unit,
    seconds by the calendar for times; `share` is the part of ones among ones and zeros.
    """

    kind = models.CharField(max_length=24)
    cohort = models.CharField(max_length=120, blank=True, default="", db_default="")
    customers = models.PositiveIntegerField()
    n = models.PositiveIntegerField()
    median = models.FloatField(null=True, blank=True)
    median_business = models.FloatField(null=True, blank=True)
    p90 = models.FloatField(null=True, blank=True)
    share = models.FloatField(null=True, blank=True)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(name="cx_baseline_once", fields=("cohort", "kind")),)

    def __str__(self) -> str:
        return f"usual {self.kind} {self.cohort}".strip()


class HealthChange(models.Model):
    """When the health word of a customer or an organisation became another, and why.

    `reasons` are those of the new word, as the summary keeps them. Nothing before the first row
    is *unknown*.
    """

    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="health_changes"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="health_changes"
    )
    at = models.DateTimeField()
    from_word = models.CharField(max_length=10)
    to_word = models.CharField(max_length=10)
    reasons = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = (
            models.Index(
                name="health_of_customer",
                fields=("customer", "-at", "-id"),
                condition=Q(customer__isnull=False),
            ),
            models.Index(
                name="health_of_organisation",
                fields=("organisation", "-at", "-id"),
                condition=Q(organisation__isnull=False),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="health_of_one_subject",
                condition=Q(customer__isnull=False, organisation__isnull=True)
                | Q(customer__isnull=True, organisation__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_word} to {self.to_word} on {self.at:%Y-%m-%d}"


class CountingChoices(models.Model):
    """What a company decides of how its numbers are counted: one row, or none for the usual ones.

    For `first_contact_days` after solving nobody may come back for a ticket to count as solved
    first time. `silent_days` is the silence after which who bought so seldom that they have no
    usual gap counts as lost; empty: no such company has said what lost means (METRICS 5.4).
    """

    first_contact_days = models.PositiveSmallIntegerField(
        _("days nobody may come back"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("For a ticket to count as solved first time: 1 to 30, 7 usually."),
    )
    silent_days = models.PositiveSmallIntegerField(
        _("days of silence until lost"),
        null=True,
        blank=True,
        validators=[MinValueValidator(90), MaxValueValidator(1100)],
        help_text=_(
            "For customers who bought fewer than four times: 90 to 1,100. Others count as lost "
            "after three times their own usual gap. Without it, no rate of customers kept is shown."
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("how numbers are counted")
        constraints = (
            models.CheckConstraint(name="counting_choices_once", condition=Q(pk=1)),
            models.CheckConstraint(
                name="first_contact_days_in_reach", condition=Q(first_contact_days__range=(1, 30))
            ),
        )

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> CountingChoices:
        """Return what was decided, or the usual; one query."""
        return cls.objects.first() or cls(pk=1)

    @property
    def first_contact_window(self) -> timedelta:
        return timedelta(days=self.first_contact_days)
