from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.lib.actors import Actor
from helpdesk.lib.admin import NeverDeleted, OnlyLooked
from tickets.models import BusinessCalendar, Ticket, TicketEvent, TicketStatus, Topic
from tickets.operations import solve_ticket


@admin.register(Ticket)
class TicketAdmin(OnlyLooked):
    """Tickets are worked on at the desk; here they are looked at, and solved in bulk."""

    list_display = ("number", "subject", "customer", "status", "team", "assignee", "updated_at")
    list_select_related = ("customer", "status", "team", "assignee")
    list_filter = ("category", "team", "channel")
    search_fields = ("number", "subject")
    ordering = ("-updated_at", "-id")
    actions = ("solve",)

    @admin.action(description=gettext_lazy("Solve"), permissions=["view"])
    def solve(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        by, now = Actor.agent(request.user.pk or 0), timezone.now()
        for ticket in queryset:
            solve_ticket(ticket, by=by, at=now)
        messages.success(request, _("The chosen tickets are solved."))


@admin.register(TicketEvent)
class TicketEventAdmin(OnlyLooked):
    list_display = ("id", "at", "kind", "ticket", "actor_kind", "agent", "reacted_at")
    list_select_related = ("ticket", "agent")
    list_filter = ("kind", "actor_kind")
    search_fields = ("ticket__number",)
    ordering = ("-id",)


@admin.register(TicketStatus)
class TicketStatusAdmin(NeverDeleted):
    list_display = ("name", "category", "position", "is_default")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A stage that tickets have been in keeps its meaning."""
        return ("category",) if obj else ()


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ("name", "parent", "team", "is_public", "position")
    list_filter = ("is_public",)


class CalendarForm(forms.ModelForm):
    """Working hours that can be reckoned with."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        try:
            BusinessCalendar(
                **{key: given.get(key) for key in ("time_zone", "hours", "holidays")}
            ).business_hours()
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ValidationError(
                _(
                    'Hours are written {"1": [["09:00", "17:00"]]}, days 1 to 7 from Monday; '
                    'holidays ["2026-12-25"]; the time zone Europe/Lisbon.'
                )
            ) from error
        return given


@admin.register(BusinessCalendar)
class BusinessCalendarAdmin(NeverDeleted):
    """A change is a new row with its own beginning: what was reckoned before stays right."""

    form = CalendarForm
    list_display = ("name", "time_zone", "valid_from")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
