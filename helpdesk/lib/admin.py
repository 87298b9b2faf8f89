"""What the pages of Django's admin share: most rows are only looked at there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class OnlyLooked(admin.ModelAdmin):
    """Rows that change through operations or not at all: shown, never edited or deleted."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NeverDeleted(admin.ModelAdmin):
    """Rows that others refer to: added and changed, never deleted."""

    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
