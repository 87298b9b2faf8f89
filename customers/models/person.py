from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from helpdesk.accounts.models import Agent


class Attribute(models.Model):
    """Something the workspace itself wants to know of customers or organisations.

    The values are kept on those under `key`, as text, number, date (ISO) or truth.
    """

    class Subject(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        ORGANISATION = "organisation", _("Organisation")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of a list")

    subject = models.CharField(max_length=12, choices=Subject, default=Subject.CUSTOMER)
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("subject", "position", "label")
        constraints = (models.UniqueConstraint(name="attribute_once", fields=("subject", "key")),)

    def __str__(self) -> str:
        return self.label


class Relationship(models.Model):
    """Who one customer is to another: `customer` is the `kind` of `other`, as Ana is Maya's
    assistant. One row says it for both sides. Where two who were related turned out to be one
    person, the row says nothing and is not shown, until they are taken apart again.
    """

    class Kind(models.TextChoices):
        ASSISTANT = "assistant", _("assistant")
        SPOUSE = "spouse", _("spouse or partner")
        PARENT = "parent", _("parent or guardian")
        RESELLER = "reseller", _("reseller")
        MANAGER = "manager", _("manager")
        BILLING = "billing", _("pays the bills")
        OTHER = "other", _("belongs together")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="relations")
    other = models.ForeignKey(Customer, models.CASCADE, related_name="related_by")
    kind = models.CharField(max_length=12, choices=Kind)
    added_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="relationship_once", fields=("customer", "other", "kind")),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} is {self.kind} of {self.other_id}"


class Consent(models.Model):
    """That a customer agreed to something, since when and how we know; withdrawn from a moment."""

    class Purpose(models.TextChoices):
        PAGE_VIEWS = "page_views", _("Pages they look at")
        SURVEYS = "surveys", _("Surveys")
        NEWS = "news", _("News and offers")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    evidence = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="consent_stands_once",
                fields=("customer", "purpose"),
                condition=Q(withdrawn_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} of customer {self.customer_id}"
