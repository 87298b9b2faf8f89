from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import Agent, IsTeamOf, Team
from helpdesk.accounts.roles import Permission
from tickets.models.status import FINISHED, Category, TicketStatus
from tickets.models.topic import Tag, Topic

# Sort key of tickets on which nothing is due: behind everything that is.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, agent: Agent) -> TicketQuerySet:
        """Tickets this agent may see; faces reach tickets only through here.

        Everyone at work sees tickets that no team owns yet, and those of their own teams.
        """
        if agent.may(Permission.SEE_ALL_TEAMS):
            return self
        if not agent.may(Permission.WORK_TICKETS):
            return self.none()
        return self.filter(Q(team=None) | Q(IsTeamOf(agent)))

    def unfinished(self) -> TicketQuerySet:
        return self.filter(is_finished=False)

    def assigned_to(self, agent: Agent) -> TicketQuerySet:
        return self.filter(assignee=agent)

    def unassigned(self) -> TicketQuerySet:
        return self.filter(assignee=None)

    def waiting_on_customer(self) -> TicketQuerySet:
        return self.filter(category=Category.WAIT_CUSTOMER)

    def overdue(self, at: datetime) -> TicketQuerySet:
        return self.unfinished().filter(queue_at__lt=at)

    def by_next_due(self) -> TicketQuerySet:
        return self.order_by("queue_at", "id")

    def for_queue(self) -> TicketQuerySet:
        return self.select_related("customer", "assignee", "team", "status", "topic")

    def lock(self, pk: int) -> Ticket:
        """Fetch one ticket for change, making other writers wait for this one."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class Ticket(models.Model):
    """One thread of work for a customer: who owns it, how far it is, what is due.

    What lists show (last words, counts, next due, chips) is stored here by the operation that
    changes it, so that a queue page reads one index and nothing else.
    """

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    class Alarm(models.TextChoices):
        """What a policy has told of a running target: it is nearly due, or it was missed."""

        NONE = "", _("none")
        WARNED = "warned", _("nearly due")
        MISSED = "missed", _("missed")

    number = models.BigIntegerField(unique=True)
    subject = models.CharField(max_length=300)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets")
    status = models.ForeignKey(TicketStatus, models.PROTECT, related_name="tickets")
    category = models.CharField(max_length=14, choices=Category)
    is_finished = models.GeneratedField(
        expression=Q(category__in=[c.value for c in FINISHED]),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="tickets")
    assignee = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets")
    channel = models.CharField(max_length=20)
    # The address of the mailbox by which it came; empty where it came by none.
    mailbox = models.CharField(max_length=254, default="", db_default="", blank=True)
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True)
    is_imported = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    # Messages came here from another ticket, or went to one: their events tell of two tickets.
    is_rearranged = models.BooleanField(default=False, db_default=False)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True, blank=True)
    # How it was solved: a word of the workspace's own, such as finance-reissue, and a sentence.
    resolution_code = models.CharField(max_length=60, blank=True, db_default="")
    resolution = models.CharField(max_length=300, blank=True, db_default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    first_replied_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    reply_due_at = models.DateTimeField(null=True, blank=True)
    solve_due_at = models.DateTimeField(null=True, blank=True)
    queue_at = models.DateTimeField(default=NEVER)
    alarm = models.CharField(max_length=6, choices=Alarm, default="", db_default="", blank=True)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    last_reply_at = models.DateTimeField(null=True, blank=True)
    last_event_id = models.BigIntegerField(default=0)
    preview = models.CharField(max_length=160, blank=True)
    # The how-manieth contact about this issue; not sure while an agent has not said so.
    contact_number = models.PositiveIntegerField(default=1)
    is_contact_sure = models.BooleanField(default=True, db_default=True)
    messages_count = models.PositiveIntegerField(default=0)
    replies_count = models.PositiveIntegerField(default=0)
    reopened_count = models.PositiveIntegerField(default=0)

    FINISHED = FINISHED

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="ticket_finished_has_solved_at",
                condition=(
                    Q(category__in=[c.value for c in FINISHED], solved_at__isnull=False)
                    | (~Q(category__in=[c.value for c in FINISHED]) & Q(solved_at__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="ticket_closed_has_closed_at",
                condition=(
                    Q(category="closed", closed_at__isnull=False)
                    | (~Q(category="closed") & Q(closed_at__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="ticket_priority_1_to_4", condition=Q(priority__range=(1, 4))
            ),
            models.CheckConstraint(name="ticket_has_subject", condition=~Q(subject="")),
        )
        indexes = (
            # These hold the team as well, so that queues are counted without reading the tickets.
            models.Index(
                name="queue_all",
                fields=("queue_at", "id"),
                include=("team",),
                condition=Q(is_finished=False),
            ),
            models.Index(
                name="queue_team", fields=("team", "queue_at", "id"), condition=Q(is_finished=False)
            ),
            models.Index(
                name="queue_mine",
                fields=("assignee", "queue_at", "id"),
                include=("team",),
                condition=Q(is_finished=False),
            ),
            models.Index(
                name="queue_unassigned",
                fields=("queue_at", "id"),
                include=("team",),
                condition=Q(is_finished=False, assignee__isnull=True),
            ),
            models.Index(
                name="queue_waiting",
                fields=("queue_at", "id"),
                include=("team",),
                condition=Q(is_finished=False, category=Category.WAIT_CUSTOMER),
            ),
            models.Index(name="ticket_of_customer", fields=("customer", "-opened_at", "-id")),
            # What came lately, by topic: unusually many of one are noticed by it.
            models.Index(
                name="ticket_topics_lately",
                fields=("-opened_at", "topic"),
                include=("team", "customer"),
                condition=Q(topic__isnull=False),
            ),
            # How many came when: today beside the same weekday of other weeks.
            models.Index(name="ticket_opened", fields=("opened_at",), include=("team",)),
            models.Index(name="ticket_newest", fields=("-updated_at", "-id")),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("desk:ticket", args=[self.number])

    @property
    def is_waiting_for_us(self) -> bool:
        return self.waiting_since is not None


class Participant(models.Model):
    """Somebody who belongs to a ticket besides its customer: a Cc, a colleague who wrote.

    Unconfirmed where the mail that named them could not be proven to answer ours: an agent sees
    them and decides; until then nothing is sent to them and their mail does not join.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="participants")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="participations")
    address = models.CharField(max_length=320, blank=True)
    is_confirmed = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="participant_once", fields=("ticket", "customer")),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} on ticket {self.ticket_id}"
