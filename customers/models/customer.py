from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from customers.models.organisation import Organisation
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, agent: Agent) -> CustomerQuerySet:
        """Customers this agent may know of: every agent at work, since anyone may pick up a call.

        What teams say among themselves stays theirs: touchpoints, promises and facts that come
        from a ticket carry its team and have their own `visible_to`. Who was merged into somebody
        else is not there any more.
        """
        return self.standing() if agent.may(Permission.WORK_TICKETS) else self.none()

    def standing(self) -> CustomerQuerySet:
        """Customers who were not merged into another."""
        return self.filter(merged_into=None)

    def lock(self, pk: int) -> Customer:
        """Fetch one customer for change, making other writers wait for this one."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class Customer(models.Model):
    """One person who asks us for help, whichever channel or address they use."""

    name = models.CharField(max_length=200, blank=True)
    how_to_say = models.CharField(max_length=200, blank=True)
    pronouns = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="customers"
    )
    tier = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=16, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    preferred_channel = models.CharField(max_length=20, blank=True)
    # When they want to be called, on their own clock; a window may go over midnight.
    contact_from = models.TimeField(null=True, blank=True)
    contact_until = models.TimeField(null=True, blank=True)
    account_owner = models.ForeignKey(
        Agent, models.SET_NULL, null=True, blank=True, related_name="accounts"
    )
    # Values of the workspace's own attributes, by key (models.Attribute).
    attributes = models.JSONField(default=dict, blank=True, db_default={})
    customer_since_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    contacts_count = models.PositiveIntegerField(default=0)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    next_promise_due_at = models.DateTimeField(null=True, blank=True)
    # Counts every change of what we know about them, so that what is derived knows it is stale.
    revision = models.PositiveBigIntegerField(default=0, db_default=0)
    # Whom this record was merged into; it keeps what both had, for the way back.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(name="customer_tier", fields=("tier",), condition=~Q(tier="")),
            models.Index(name="customer_recent", fields=("-last_contact_at", "-id")),
        )

    def __str__(self) -> str:
        return self.name or f"Customer {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("desk:customer", args=[self.pk])


class CustomerNote(models.Model):
    """Something an agent wants every later agent to know about this person."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes")
    text = models.TextField()
    author = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()
    is_pinned = models.BooleanField(default=False)
    # An instruction that comes before everything: only Finance may promise refunds.
    is_guard = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = (models.Index(name="note_of_customer", fields=("customer", "-at")),)

    def __str__(self) -> str:
        return f"note on customer {self.customer_id}"
