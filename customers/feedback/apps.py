from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "customers.feedback"
    label = "feedback"
