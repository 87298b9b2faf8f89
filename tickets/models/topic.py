from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Topic(models.Model):
    """What a ticket is about; `is_public` topics are offered on the contact form."""

    name = models.CharField(max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    team = models.ForeignKey("accounts.Team", models.SET_NULL, null=True, blank=True)
    is_public = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    # Keys of facts an answer needs: what is missing of them is asked for, and nothing else.
    required_facts = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, db_default=[]
    )

    class Meta:
        ordering = ("position", "name")
        constraints = (
            models.UniqueConstraint(
                name="topic_once", fields=("parent", "name"), nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A label agents put on tickets, lower case, unique."""

    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
