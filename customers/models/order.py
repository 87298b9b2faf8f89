from __future__ import annotations

from django.db import models

from customers.models.customer import Customer


class Order(models.Model):
    """A purchase or a return, as the company's shop told us; ours only to show."""

    class Kind(models.TextChoices):
        SALE = "sale"
        RETURN = "return"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="orders")
    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SALE)
    placed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    status = models.CharField(max_length=40, blank=True)
    items = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = (models.Index(name="order_newest", fields=("customer", "-placed_at")),)

    def __str__(self) -> str:
        return self.number
