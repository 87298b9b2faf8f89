from django.apps import AppConfig


class BriefingConfig(AppConfig):
    name = "tickets.briefing"
    label = "briefing"
