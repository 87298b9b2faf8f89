"""The way in without a transaction around it: what is kept is committed, and read at once."""

from collections.abc import Callable

import pytest
from django.test import TestCase

from tests.channels.mails import arrival_of
from tickets.channels.email.intake import keep_mail
from tickets.channels.models import Arrival
from tickets.models import Message

Keep = Callable[..., Arrival]
Read = Callable[..., Message]


@pytest.fixture
def keep(workspace: None) -> Keep:
    """Keep a raw mail as a door does; what follows its commit happens at once."""

    def keep(
        raw: bytes, *, envelope_from: str = "kofi@example.com", to: tuple[str, ...] = ()
    ) -> Arrival:
        with TestCase.captureOnCommitCallbacks(execute=True):
            keep_mail(raw, source="smtp", envelope_from=envelope_from, envelope_to=list(to))
        return arrival_of(raw)

    return keep


@pytest.fixture
def read(keep: Keep) -> Read:
    """Send a raw mail in and return the message it became."""

    def read(raw: bytes, **envelope: str) -> Message:
        arrival = keep(raw, **envelope)
        assert arrival.message is not None, arrival.reason
        return arrival.message

    return read
