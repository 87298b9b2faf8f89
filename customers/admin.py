from django.contrib import admin

from customers.models import (
    Attribute,
    Customer,
    EventKind,
    Identity,
    Organisation,
    OrganisationDomain,
)
from helpdesk.lib.admin import NeverDeleted, OnlyLooked


class IdentityInline(admin.TabularInline):
    model = Identity
    extra = 0
    can_delete = False
    fields = readonly_fields = ("kind", "shown", "verified_at", "evidence")
    max_num = 0


class DomainInline(admin.TabularInline):
    model = OrganisationDomain
    extra = 1


@admin.register(Customer)
class CustomerAdmin(OnlyLooked):
    list_display = ("id", "name", "organisation", "contacts_count", "last_contact_at")
    list_select_related = ("organisation",)
    search_fields = ("name", "identities__value")
    ordering = ("-id",)
    inlines = (IdentityInline,)


@admin.register(Organisation)
class OrganisationAdmin(NeverDeleted):
    list_display = ("name", "tier", "time_zone")
    search_fields = ("name", "domains__domain")
    inlines = (DomainInline,)


@admin.register(EventKind)
class EventKindAdmin(NeverDeleted):
    """The kinds of things other systems may tell us, and which of them make people write."""

    list_display = ("key", "label", "shown_field", "may_cause_contact", "needs_consent")


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin):
    """What the workspace itself wants to know of customers and organisations."""

    list_display = ("key", "label", "subject", "kind", "position")
    list_filter = ("subject",)
