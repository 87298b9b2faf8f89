"""A real IMAP server, and mailboxes on it."""

from collections.abc import Callable, Iterator

import pytest

from tests.channels.email.dovecot import PASSWORD, Dovecot, running_dovecot
from tickets.channels.models import Mailbox

AddBox = Callable[..., Mailbox]


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def add_box(workspace: None, dovecot: Dovecot, request: pytest.FixtureRequest) -> AddBox:
    """Add a mailbox whose user on the server belongs to this test alone."""

    def add_box(name: str = "box", **fields: object) -> Mailbox:
        whole: dict[str, object] = {
            "name": name,
            "address": f"{name}@localhost.example",
            "door": Mailbox.Door.IMAP,
            "imap_host": "127.0.0.1",
            "imap_port": dovecot.port,
            "imap_security": "none",
            "imap_user": f"{name}-{request.node.name}",
            "imap_secret": PASSWORD,
            "imap_folder": "Support",
        }
        return Mailbox.objects.create(**(whole | fields))

    return add_box
