from django.apps import AppConfig

# Django loads this module in every process, and with it the Celery app that shared tasks bind to.
# The package's __init__ stays empty so that the supervisor of `helpdesk up` imports neither.
from helpdesk.celery import app as celery_app

__all__ = ["HelpdeskConfig", "celery_app"]


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    label = "helpdesk"
