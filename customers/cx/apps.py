from django.apps import AppConfig


class CXConfig(AppConfig):
    name = "customers.cx"
    label = "cx"
