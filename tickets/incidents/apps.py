from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "tickets.incidents"
    label = "incidents"
