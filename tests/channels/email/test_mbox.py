"""A mail client's export, sent in the order of the file: each conversation is one ticket."""

import mailbox
import random
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.channels.conftest import Read
from tickets.models import Ticket

KOFI, MIA = "Kofi Mensah <kofi@example.com>", "Mia Okafor <mia@example.org>"
US = "Harbour Kettles <support@localhost.example>"
# Who wrote what, in answer to which mail of the list.
THREADS = {
    "Kettle leaks": [(KOFI, 0), (KOFI, 0), (MIA, 1), (KOFI, 2), (KOFI, 3)],
    "Rechnung fehlt": [(MIA, 0), (MIA, 0), (MIA, 1)],
    "Kettle leaks again": [(KOFI, 0), (KOFI, 0)],
}


def mails() -> list[EmailMessage]:
    """The three conversations; everybody writes to everybody, each client keeps References."""
    written = []
    for name, turns in THREADS.items():
        chain: list[str] = []
        for place, (sender, parent) in enumerate(turns):
            one = EmailMessage()
            one["From"], one["Subject"] = sender, name if not place else f"Re: {name}"
            one["To"] = ", ".join([US, *({KOFI, MIA} - {sender} if name == "Kettle leaks" else ())])
            own = f"<{name.replace(' ', '.')}.{place}@client.example>"
            one["Message-ID"], one["X-Mozilla-Status"] = own, "0001"
            if place:
                one["In-Reply-To"] = chain[parent]
                one["References"] = " ".join(chain[: parent + 1])
            one.set_content(f"{name}: mail {place}\n\nFrom here on it is a line that begins so.\n")
            chain.append(own)
            written.append(one)
    return written


ORDERS: dict[str, Callable[[list[EmailMessage]], list[EmailMessage]]] = {
    "oldest first": lambda found: found,
    "newest first": lambda found: found[::-1],
    "as people file them": lambda found: random.Random(7).sample(found, len(found)),  # noqa: S311
}


@pytest.mark.parametrize("order", ORDERS)
def test_each_conversation_of_an_export_is_one_ticket(
    tmp_path: Path, read: Read, order: str
) -> None:
    exported = mailbox.mbox(tmp_path / "Inbox")
    for one in ORDERS[order](mails()):
        exported.add(one)
    exported.flush()

    for key in exported.iterkeys():
        read(exported.get_bytes(key))
    exported.close()

    counted = {
        ticket.messages.order_by("pk")[0].text.split(":")[0]: ticket.messages.count()
        for ticket in Ticket.objects.all()
    }
    assert counted == {name: len(turns) for name, turns in THREADS.items()}
