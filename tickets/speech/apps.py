from django.apps import AppConfig


class SpeechConfig(AppConfig):
    name = "tickets.speech"
    label = "speech"
