"""Known problems of many customers. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import incidents

urlpatterns = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/new", incidents.new, name="incident-new"),
    path("incidents/<int:pk>", incidents.incident, name="incident"),
    path("incidents/<int:pk>/edit", incidents.edit, name="incident-edit"),
    path("incidents/<int:pk>/update", incidents.update, name="incident-update"),
    path("incidents/<int:pk>/status", incidents.set_status, name="incident-status"),
    path(
        "incidents/<int:pk>/people/<int:customer_pk>",
        incidents.leave_out,
        name="incident-leave-out",
    ),
    path("t/<int:number>/incident", incidents.of_ticket, name="ticket-incident"),
    path("t/<int:number>/incident/link", incidents.link, name="ticket-incident-link"),
]
