from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.lib.admin import OnlyLooked
from helpdesk.lib.errors import DomainError
from tickets.channels.journal import retry_arrival
from tickets.channels.models import (
    Arrival,
    DeliveryAttempt,
    Discrepancy,
    Mailbox,
    MailboxChange,
    MailTemplateChange,
    ProviderEvent,
)
from tickets.channels.models.mailbox import SECRETS

SHOWN_BYTES = 200_000


@admin.register(Arrival)
class ArrivalAdmin(OnlyLooked):
    """Everything that ever arrived, byte for byte, and what became of it."""

    list_display = ("id", "received_at", "source", "envelope_from", "size", "state", "reason")
    list_filter = ("state", "source", "channel")
    search_fields = ("=id", "envelope_from", "key")
    ordering = ("-received_at", "-id")
    exclude = ("raw",)
    readonly_fields = ("content",)
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Arrival]:
        return super().get_queryset(request).defer("raw")

    @admin.display(description=gettext_lazy("As it came"))
    def content(self, arrival: Arrival) -> str:
        return bytes(arrival.raw)[:SHOWN_BYTES].decode("utf-8", "replace")

    @admin.action(description=gettext_lazy("Read again"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Arrival]) -> None:
        for arrival in queryset:
            try:
                retry_arrival(arrival)
            except DomainError as error:
                messages.warning(request, f"{arrival}: {error}")
        messages.success(request, _("The chosen arrivals are read again."))


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(OnlyLooked):
    list_display = ("at", "outcome", "delivery", "answer")
    list_select_related = ("delivery",)
    list_filter = ("outcome",)
    ordering = ("-at", "-id")


@admin.register(Discrepancy)
class DiscrepancyAdmin(OnlyLooked):
    """What was in one place and not in the next, and when it was there again."""

    list_display = ("found_at", "kind", "detail", "mailbox", "mended_at")
    list_select_related = ("mailbox",)
    list_filter = ("kind", ("mended_at", admin.EmptyFieldListFilter))
    ordering = ("-found_at", "-id")


@admin.register(Mailbox)
class MailboxAdmin(OnlyLooked):
    """Looked at; changed at the desk, where every change is kept and secrets never shown."""

    exclude = SECRETS
    list_display = ("name", "address", "door", "team", "is_active", "is_default", "last_error")
    list_select_related = ("team",)


@admin.register(MailboxChange)
class MailboxChangeAdmin(OnlyLooked):
    list_display = ("at", "mailbox", "agent", "new")
    list_select_related = ("mailbox", "agent")
    ordering = ("-at", "-id")


@admin.register(MailTemplateChange)
class MailTemplateChangeAdmin(OnlyLooked):
    list_display = ("at", "kind", "language", "agent")
    list_select_related = ("agent",)
    ordering = ("-at", "-id")


@admin.register(ProviderEvent)
class ProviderEventAdmin(OnlyLooked):
    list_display = ("at", "provider", "kind", "recipient", "mail_id", "detail")
    list_filter = ("provider", "kind")
    search_fields = ("=recipient", "=mail_id")
    ordering = ("-at", "-id")
