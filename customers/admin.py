from django.contrib import admin

from customers.models import Customer, Identity, Organisation, OrganisationDomain
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
