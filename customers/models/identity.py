from __future__ import annotations

from django.db import models

from customers.models.customer import Customer


class Identity(models.Model):
    """A way to recognise one customer: an address, a number, a handle.

    `value` is normalised (lower case address, E.164 number), so one person's address exists once
    in the database; `shown` keeps the customer's own spelling. Claimed until verified: a claim
    finds the customer, it does not prove that the writer is that person. Mail to an address that
    is `undeliverable_since` some moment kept coming back. A *shared* one, such as info@, stands
    for several people: its customer is the household, until an agent says who wrote.
    `last_seen_at` is kept to the hour.
    """

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        HANDLE = "handle"
        EXTERNAL = "external", "Id elsewhere"
        VISITOR = "visitor"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=320)
    shown = models.CharField(max_length=320)
    verified_at = models.DateTimeField(null=True, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    undeliverable_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True, blank=True)
    is_shared = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="identity_once", fields=("kind", "value")),
            models.CheckConstraint(name="identity_has_value", condition=~models.Q(value="")),
        )

    def __str__(self) -> str:
        return self.shown

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None
