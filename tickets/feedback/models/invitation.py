from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from helpdesk.lib.survey_links import digest_of
from tickets.feedback.models.survey import Survey
from tickets.models import Message, Ticket


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, agent: Agent) -> InvitationQuerySet:
        """Those about tickets of the agent's teams, or of no team yet."""
        if agent.may(Permission.SEE_ALL_TEAMS):
            return self
        if not agent.may(Permission.WORK_TICKETS):
            return self.none()
        theirs = Q(ticket__team__in=agent.teams.order_by().values("pk"))
        return self.filter(Q(ticket__team=None) | theirs)

    def due(self, at: datetime) -> InvitationQuerySet:
        return self.filter(state=Invitation.State.PLANNED, due_at__lte=at)

    def delivered(self) -> InvitationQuerySet:
        """Those whose mail went out and did not come back: what answers are counted against."""
        return self.filter(message__delivery=Message.Delivery.SENT)

    def lock(self, pk: int) -> Invitation:
        """Fetch one invitation for change, making other writers wait for this one."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def of_token(self, token: str) -> Invitation | None:
        known = self.filter(token_digest=digest_of(token), state=Invitation.State.SENT)
        return known.select_related("survey", "customer", "ticket").first()


class Invitation(models.Model):
    """One customer asked once: planned, then sent, or left out for a reason.

    `ticket` is what it is about; a relationship survey (NPS) is about none and only goes out by
    its mailbox. `event_id` is the ticket's event that set it off: one invitation a solve cycle.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        LEFT_OUT = "left_out", "Left out"

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="invitations")
    event_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    left_out = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    token_digest = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=12, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="invited_once_a_cycle",
                fields=("survey", "event_id"),
                condition=Q(event_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="survey_token_once", fields=("token_digest",), condition=~Q(token_digest="")
            ),
        )
        indexes = (
            models.Index(name="invitation_due", fields=("due_at",), condition=Q(state="planned")),
            models.Index(name="invitation_of_customer", fields=("customer", "-sent_at")),
            models.Index(name="invitation_sent", fields=("-sent_at",), condition=Q(state="sent")),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk} of customer {self.customer_id}"
