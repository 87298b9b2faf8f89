from django.apps import AppConfig

from helpdesk.embedded import beat

__all__ = ["EmbeddedConfig", "beat"]


class EmbeddedConfig(AppConfig):
    name = "helpdesk.embedded"
    label = "embedded"
