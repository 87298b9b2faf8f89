from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

DEMO = "seed_harbour"


class Command(BaseCommand):
    help = "Load the demo when nobody works here yet; unless DEMO is off, as it is in production."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO or DEMO not in get_commands():
            return
        if not get_user_model().objects.exists():
            call_command(DEMO)
