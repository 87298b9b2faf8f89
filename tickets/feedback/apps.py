from django.apps import AppConfig


class TicketFeedbackConfig(AppConfig):
    name = "tickets.feedback"
    label = "surveys"
