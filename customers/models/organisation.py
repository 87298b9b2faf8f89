from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from helpdesk.accounts.models import Agent


class Organisation(models.Model):
    """The company or household a customer belongs to."""

    name = models.CharField(max_length=200)
    tier = models.CharField(max_length=60, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    notes = models.TextField(blank=True)
    account_owner = models.ForeignKey(
        Agent, models.SET_NULL, null=True, blank=True, related_name="organisations"
    )
    attributes = models.JSONField(default=dict, blank=True, db_default={})
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("name"), name="organisation_name_once"),)

    def __str__(self) -> str:
        return self.name


class OrganisationDomain(models.Model):
    """A mail domain whose writers belong to the organisation; stored in lower case."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="domain_is_lower_case", condition=models.Q(domain=Lower("domain"))
            ),
        )

    def __str__(self) -> str:
        return self.domain
