from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "tickets.privacy"
    label = "privacy"
