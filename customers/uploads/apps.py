from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "customers.uploads"
    label = "uploads"
