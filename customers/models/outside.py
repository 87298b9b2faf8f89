from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class EventKind(models.Model):
    """A kind of thing that happens outside the desk: a delivery, a payment, a login, a machine.

    `shown_field` names the field of its card that is shown in one line; `likely_statuses` are the
    statuses that make people write, where not every event of the kind does.
    """

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    icon = models.CharField(max_length=30, default="package", blank=True)
    shown_field = models.CharField(
        max_length=60, blank=True, help_text=_("The field of the card that stands in one line.")
    )
    may_cause_contact = models.BooleanField(
        default=False, help_text=_("Whether customers are likely to write because of it.")
    )
    likely_statuses = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Only with one of these statuses, divided by commas; empty: always."),
    )
    needs_consent = models.BooleanField(
        default=False, help_text=_("Refused unless the customer agreed to it: page views.")
    )

    class Meta:
        ordering = ("label",)

    def __str__(self) -> str:
        return self.label

    def makes_likely(self, status: str) -> bool:
        """Whether an event of this kind with such a status is likely to make its customer write."""
        named = {one.strip().casefold() for one in self.likely_statuses.split(",") if one.strip()}
        return self.may_cause_contact and (not named or status.casefold() in named)


class OutsideEvent(models.Model):
    """One thing another system told us about a customer, shown as a card and on the timeline.

    The same (source, kind, external id) again is the same event: its newest state is kept.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="outside_events")
    kind = models.ForeignKey(EventKind, models.PROTECT, related_name="events")
    source = models.SlugField(max_length=40)
    external_id = models.CharField(max_length=120)
    title = models.CharField(max_length=300)
    at = models.DateTimeField()
    status = models.CharField(max_length=60, blank=True)
    url = models.URLField(max_length=500, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    may_cause_contact = models.BooleanField(default=False)
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="outside_event_once", fields=("source", "kind", "external_id")
            ),
            models.CheckConstraint(
                name="outside_event_has_id", condition=~models.Q(external_id="")
            ),
        )
        indexes = (models.Index(name="outside_newest", fields=("customer", "-at")),)

    def __str__(self) -> str:
        return self.title
