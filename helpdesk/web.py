"""What every desk view shares: who may open it, and how it answers a page or a fragment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from helpdesk.accounts.models import Agent
from helpdesk.lib.errors import DomainError

P = ParamSpec("P")


class AgentRequest(HttpRequest):
    """A request that has passed agent_required."""

    user: Agent
    htmx: HtmxDetails


def agent_required(
    view: Callable[Concatenate[AgentRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Admit signed-in, active agents; others are led to signing in, and back afterwards.

    The attribute `requires_agent` lets a test find views that are open by mistake. The answer
    varies by HX-Request, so no cache gives a fragment for a page.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        if not isinstance(request.user, Agent) or not request.user.is_active:
            raise PermissionDenied
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        patch_vary_headers(response, ["HX-Request"])
        return response

    guarded.requires_agent = True  # type: ignore[attr-defined]
    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if not wants_fragment(request):
        return redirect_to_login(request.get_full_path())
    page = request.htmx.current_url_abs_path or "/desk/"  # type: ignore[attr-defined]
    return HttpResponseClientRedirect(redirect_to_login(page)["Location"])


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; a history restore needs the whole page."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def fragment_or_redirect(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, to: Any
) -> HttpResponse:
    """Answer a change: htmx gets the fragment that changed, a plain form is sent to `to`."""
    if wants_fragment(request):
        return render(request, template, dict(context))
    return redirect(to)


def refusal(request: HttpRequest, error: DomainError, *, kept: str = "") -> HttpResponse:
    """Say why an operation was refused (409), with the text somebody typed (`kept`) in it.

    htmx gets the fragment in place of what it asked for, a plain form a page of its own.
    """
    name = "components/refusal.html" if wants_fragment(request) else "refused.html"
    context = {"error": error, "kept": kept}
    response = render(request, name, context, status=409)
    patch_vary_headers(response, ["HX-Request"])
    return response
