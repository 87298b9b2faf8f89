from typing import Any, cast

from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor


class AgentViews(GenericViewSet):
    """What views of an agent's tickets share: who asks, and the form of a named action."""

    @property
    def agent(self) -> Agent:
        return cast(Agent, self.request.user)

    @property
    def by(self) -> Actor:
        return Actor.agent(self.agent.pk)

    def given(self, form: type[Serializer]) -> dict[str, Any]:
        """Return the request's fields as the form understands them. Raises ValidationError."""
        filled = form(data=self.request.data)
        filled.is_valid(raise_exception=True)
        return cast(dict[str, Any], filled.validated_data)
