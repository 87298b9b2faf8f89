from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "tickets.joining"
    label = "joining"
