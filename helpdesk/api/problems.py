from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from helpdesk.lib.errors import DomainError


class ProblemResponse(Response):
    """An error as RFC 9457 has it: what went wrong, for programs (`code`) and people (`detail`)."""

    def __init__(self, code: str, detail: str, http_status: int, **more: Any) -> None:
        problem = {
            "type": f"about:blank#{code}",
            "title": code.replace("_", " "),
            "status": http_status,
            "code": code,
            "detail": detail,
            **more,
        }
        super().__init__(problem, status=http_status, content_type="application/problem+json")


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every refusal as a problem: 409 for an operation's no, 422 for unusable fields."""
    if isinstance(exc, DomainError):
        return ProblemResponse(exc.code, str(exc), status.HTTP_409_CONFLICT)
    if isinstance(exc, exceptions.ValidationError):
        detail = _("Some fields cannot be used as they are.")
        fields = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        return ProblemResponse("invalid", detail, 422, errors=fields)
    if isinstance(exc, Http404):
        return ProblemResponse("not_found", _("There is nothing here that you may see."), 404)
    if isinstance(exc, DjangoPermissionDenied):
        return ProblemResponse("permission_denied", _("You may not do this."), 403)
    answer = drf_exception_handler(exc, context)
    if answer is None or not isinstance(exc, exceptions.APIException):
        return answer
    problem = ProblemResponse(str(exc.default_code), str(exc.detail), answer.status_code)
    for name, value in answer.items():
        if name.lower() in {"www-authenticate", "retry-after"}:
            problem[name] = value
    return problem
