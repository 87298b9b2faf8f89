"""A program that speaks to the API as an agent."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from helpdesk.accounts.models import Agent
from helpdesk.accounts.tokens import issue_token
from tests.conftest import MONDAY_9AM

Call = Callable[..., Any]


@pytest.fixture
def call(ana: Agent, client: Client) -> Call:
    """A program with Ana's token: `call("get", "/tickets/")`, `call("post", path, field=…)`."""
    _, secret = issue_token(ana, name="program", at=MONDAY_9AM)

    def send(method: str, path: str, **fields: Any) -> Any:
        body = {"data": json.dumps(fields), "content_type": "application/json"} if fields else {}
        headers = {"Authorization": f"Bearer {secret}"}
        return getattr(client, method)(f"/api/v1{path}", headers=headers, **body)

    return send
