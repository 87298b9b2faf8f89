from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "tickets.channels"
    label = "channels"
