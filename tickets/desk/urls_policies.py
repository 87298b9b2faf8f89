"""SLA policies, working hours, and the targets of a ticket. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import calendars, policies, targets

urlpatterns = [
    path("settings/sla", policies.policies, name="policies"),
    path("settings/sla/new", policies.new, name="policy-new"),
    path("settings/sla/<int:pk>", policies.edit, name="policy"),
    path("settings/sla/<int:pk>/end", policies.end, name="policy-end"),
    path("settings/hours", calendars.calendars, name="calendars"),
    path("settings/hours/new", calendars.new, name="calendar-new"),
    path("settings/hours/<int:pk>", calendars.edit, name="calendar"),
    path("t/<int:number>/targets", targets.targets, name="targets"),
]
