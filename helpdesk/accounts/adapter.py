from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AgentAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Agents are invited by an admin; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
