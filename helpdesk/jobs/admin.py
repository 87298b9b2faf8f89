from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from helpdesk.jobs.models import FailedTask
from helpdesk.jobs.recording import run_again
from helpdesk.lib.admin import OnlyLooked


@admin.register(FailedTask)
class FailedTaskAdmin(OnlyLooked):
    list_display = ("task", "error", "at", "retried_at")
    list_filter = ("task",)
    ordering = ("-at", "-id")
    actions = ("retry",)

    @admin.action(description=_("Run again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[FailedTask]) -> None:
        for failed in queryset:
            run_again(failed)
        messages.success(request, _("The chosen tasks are queued again."))
