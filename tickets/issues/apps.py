from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "tickets.issues"
    label = "issues"
