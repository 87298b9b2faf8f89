from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from helpdesk.accounts.models import Agent


class AgentPreferencesMiddleware:
    """Show a signed-in agent times in their zone and words in their language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, Agent):
            return self.get_response(request)
        with timezone.override(ZoneInfo(request.user.time_zone)):
            translation.activate(request.user.language)
            return self.get_response(request)
