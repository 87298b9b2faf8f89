from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "helpdesk.jobs"
    label = "jobs"

    def ready(self) -> None:
        # Celery's own signal; it is connected where the worker has loaded the models.
        import_module("helpdesk.jobs.recording")
