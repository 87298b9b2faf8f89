import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from helpdesk.accounts.models import Agent, ApiToken
from helpdesk.accounts.roles import Permission

# How exact `last_used_at` is: writing it on every request would make reads into writes.
USED_RESOLUTION = timedelta(minutes=5)
REQUESTS_PER_MINUTE = 1_200


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer bfh_<prefix>_<secret>`; acts as the token's agent."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Agent, ApiToken] | None:
        """Return the agent of a usable token. Raises AuthenticationFailed on any other."""
        header = get_authorization_header(request).decode("latin-1").split()
        if not header or header[0] != self.keyword:
            return None
        token = _usable_token(header[-1], timezone.now())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown, expired or revoked."))
        return token.agent, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the OpenAPI document how to sign in."""

    target_class = "helpdesk.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "bfh_<prefix>_<secret>"}


def _usable_token(presented: str, at: datetime) -> ApiToken | None:
    parts = presented.split("_")
    if len(parts) != 3 or parts[0] != "bfh":  # noqa: PLR2004 - the three parts of a token
        return None
    token = ApiToken.objects.usable(at).select_related("agent").filter(prefix=parts[1]).first()
    digest = hashlib.sha256(parts[2].encode()).hexdigest()
    if token is None or not secrets.compare_digest(digest, token.digest):
        return None
    if token.last_used_at is None or at - token.last_used_at > USED_RESOLUTION:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


class MayUseApi(BasePermission):
    """An active agent whose role includes the API."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent) and request.user.may(Permission.USE_API)


class AgentThrottle(BaseThrottle):
    """So many requests a minute for each agent, counted atomically in the cache."""

    def allow_request(self, request: Request, view: Any) -> bool:
        key = f"api:{request.user.pk}:{timezone.now():%Y%m%d%H%M}"
        cache.add(key, 0, timeout=120)
        return int(cache.incr(key)) <= REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return 60.0 - timezone.now().second
