from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from customers.models import Customer
from helpdesk.accounts.models import Agent
from tickets.models import Ticket


class EntityPattern(models.Model):
    """How the workspace's own numbers look: an order, an invoice, an error code.

    In `mask`, # is a digit, @ a letter, + repeats what stands before it, and everything else is
    itself, whatever its case: `A-####`, `E-#+`. Patterns are tried by `priority`, the lowest first,
    and what one has taken no other takes again.
    """

    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=60)
    mask = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("priority", "pk")
        constraints = (models.UniqueConstraint(name="mask_once", fields=("mask",)),)

    def __str__(self) -> str:
        return f"{self.label} {self.mask}"


class TicketTerms(models.Model):
    """What a ticket's first words are about, as matching compares them.

    `terms` are the stems of subject (twice) and first message, with `counts` beside them;
    `entities` what patterns found in all the customer wrote, as `key:VALUE`; `quoted` the numbers
    of tickets they named.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="terms")
    terms = ArrayField(models.TextField(), default=list)
    counts = ArrayField(models.PositiveSmallIntegerField(), default=list)
    entities = ArrayField(models.TextField(), default=list)
    quoted = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        # Without fastupdate: a list of what is still to be filed would be read through for every
        # word that looks for similar tickets, up to 4 MB each time.
        indexes = (GinIndex(name="tickets_by_term", fields=("terms",), fastupdate=False),)

    def __str__(self) -> str:
        return f"terms of ticket {self.ticket_id}"


class TermSnapshot(models.Model):
    """How many tickets each term occurs in, counted at one moment; the newest one is used.

    Part of the ruleset of a briefing: the same snapshot gives the same weights.
    """

    made_at = models.DateTimeField()
    documents = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.documents} tickets at {self.made_at:%Y-%m-%d %H:%M}"


class TermFrequency(models.Model):
    """In how many tickets of a snapshot a term occurs; terms of one ticket alone are left out."""

    snapshot = models.ForeignKey(TermSnapshot, models.CASCADE, related_name="frequencies")
    term = models.TextField()
    documents = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(name="term_once", fields=("snapshot", "term")),)

    def __str__(self) -> str:
        return f"{self.term}: {self.documents}"


class LinkDecision(models.Model):
    """What an agent said of two tickets: the same issue or not. It overrides every rule, for ever.

    One row a pair; a later decision replaces the earlier one. `first` has the lower id. `tier` is
    how sure the rules had been by themselves: certain, strong, possible, or empty for no link.
    """

    first = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    second = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    is_same = models.BooleanField()
    tier = models.CharField(max_length=8, blank=True, default="", db_default="")
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="decision_once", fields=("first", "second")),
            models.CheckConstraint(name="decision_in_order", condition=Q(first__lt=F("second"))),
        )
        indexes = (models.Index(name="decision_by_second", fields=("second",)),)

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {'same' if self.is_same else 'different'}"


class Issue(models.Model):
    """One underlying problem of one customer over several tickets that certainly belong together.

    A ticket of no issue is one by itself. `label` is the agent's name for it, else the oldest
    ticket's subject.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="issues")
    label = models.CharField(max_length=300)
    is_named = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(name="issue_of_customer", fields=("customer",)),)

    def __str__(self) -> str:
        return self.label


class IssueTicket(models.Model):
    """A ticket that belongs to an issue."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="in_issue")
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="members")

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} of issue {self.issue_id}"


class IssueName(models.Model):
    """What an agent called the issue a ticket belonged to at that moment, kept with each of them.

    So a name outlives two issues becoming one: parted again, each is called as before.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="named")
    label = models.CharField(max_length=300)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"“{self.label}” at ticket {self.ticket_id}"
