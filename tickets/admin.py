from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.cx.models import CountingChoices
from helpdesk.lib.actors import Actor
from helpdesk.lib.admin import NeverDeleted, OnlyLooked
from tickets.metrics.choosing import choose_counting
from tickets.models import BusinessCalendar, SlaPolicy, Ticket, TicketEvent, TicketStatus, Topic
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


@admin.register(CountingChoices)
class CountingChoicesAdmin(NeverDeleted):
    """One row: what it changes is derived anew in the background."""

    list_display = ("__str__", "first_contact_days", "silent_days")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not CountingChoices.objects.exists() and super().has_add_permission(request)

    def save_model(
        self,
        request: HttpRequest,
        obj: CountingChoices,
        form: Any,
        change: bool,  # noqa: FBT001  Django's signature
    ) -> None:
        choose_counting(obj, at=timezone.now())


@admin.register(BusinessCalendar)
class BusinessCalendarAdmin(OnlyLooked):
    """Working hours are set at the desk; here every version is looked at."""

    list_display = ("name", "is_main", "time_zone", "valid_from", "made_by")
    list_select_related = ("made_by",)
    ordering = ("-valid_from",)


@admin.register(SlaPolicy)
class SlaPolicyAdmin(OnlyLooked):
    """Policies are set at the desk; here every version is looked at."""

    list_display = ("name", "version", "position", "begins_at", "ends_at", "made_by")
    list_select_related = ("made_by",)
    ordering = ("-begins_at", "-id")
