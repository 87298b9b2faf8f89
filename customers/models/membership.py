from __future__ import annotations

from django.db import models

from customers.models.customer import Customer
from customers.models.organisation import Organisation


class Membership(models.Model):
    """Somebody's place in another organisation than their main one."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="membership_once", fields=("customer", "organisation")),
        )

    def __str__(self) -> str:
        return f"customer {self.customer_id} in organisation {self.organisation_id}"
