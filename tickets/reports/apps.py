from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "tickets.reports"
    label = "reports"
