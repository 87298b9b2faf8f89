"""Serves /live/ without the middleware of the pages: no session, no user, no database."""

from __future__ import annotations

from typing import Any

from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response


class LiveHandler(ASGIHandler):
    """Django's handler with no middleware: the token in each request is all it needs."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        respond = self._get_response_async  # type: ignore[attr-defined]
        self._middleware_chain = convert_exception_to_response(respond)


def get_live_application() -> ASGIHandler:
    """The ASGI application for paths under /live/; loads Django when nothing has yet."""
    get_asgi_application()
    return LiveHandler()
