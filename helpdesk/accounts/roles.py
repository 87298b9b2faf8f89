"""Who may do what, in one place. Which tickets and customers somebody sees is `visible_to`."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Team lead")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Admin")


class Permission(StrEnum):
    """Something an agent may or may not do, named as in sentences: `agent.may(Permission.X)`."""

    WORK_TICKETS = "work_tickets"
    WITHDRAW_REPLIES_OF_OTHERS = "withdraw_replies_of_others"
    SEE_ALL_TEAMS = "see_all_teams"
    HANDLE_PARKED_MAIL = "handle_parked_mail"
    MANAGE_MAILBOXES = "manage_mailboxes"
    MANAGE_MACROS = "manage_macros"
    MANAGE_POLICIES = "manage_policies"
    UPLOAD_EVENTS = "upload_events"
    HANDLE_PERSONAL_DATA = "handle_personal_data"
    RECALCULATE_METRICS = "recalculate_metrics"
    HANDLE_FEEDBACK = "handle_feedback"
    SEE_INSIGHTS = "see_insights"
    USE_API = "use_api"
    ADMINISTER = "administer"


_AGENT = frozenset({Permission.WORK_TICKETS, Permission.USE_API})
_LEAD = _AGENT | {
    Permission.HANDLE_PARKED_MAIL,
    Permission.WITHDRAW_REPLIES_OF_OTHERS,
    Permission.MANAGE_MACROS,
    Permission.SEE_INSIGHTS,
}
_SUPERVISOR = _LEAD | {
    Permission.SEE_ALL_TEAMS,
    Permission.MANAGE_MAILBOXES,
    Permission.MANAGE_POLICIES,
    Permission.UPLOAD_EVENTS,
    Permission.RECALCULATE_METRICS,
    Permission.HANDLE_FEEDBACK,
}
_ADMIN = frozenset(Permission)

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMIN: _ADMIN,
}
