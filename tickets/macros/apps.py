from django.apps import AppConfig


class MacrosConfig(AppConfig):
    name = "tickets.macros"
    label = "macros"
