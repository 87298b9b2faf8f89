from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from helpdesk.lib.tokens import ReplyToken
from tickets.channels.models import Arrival
from tickets.models import Message
from tickets.operations import NewMessage


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """What somebody sent, in the same words whatever channel it came by.

    `tokens`, `refs` and `numbers` are hints at the ticket it belongs to, strongest first; none
    of them says who is writing. `facts` are things the writer told us in fields of their own.
    """

    sender_kind: str
    sender: str
    sender_name: str
    subject: str
    content: NewMessage
    at: datetime
    is_bounce: bool = False
    tokens: tuple[ReplyToken, ...] = ()
    refs: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    addressed_to: tuple[str, ...] = ()
    topic_id: int | None = None
    facts: dict[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A way to hear from customers and to answer them. Knows no ticket rules."""

    name: ClassVar[str]

    def read(self, arrival: Arrival) -> Inbound:
        """Translate one stored arrival.

        Raises UnreadableArrival if nobody can be answered, NotForUs if it is our own echo.
        """

    def send(self, message: Message) -> str:
        """Deliver a message and return what the outside said.

        Raises TransientError if trying again may help, Undeliverable if not.
        """


class UnreadableArrival(Exception):
    """The payload is not something this channel can turn into a message; says why."""


class NotForUs(Exception):
    """The payload came back from ourselves; keeping it as a message would start a loop."""


class Undeliverable(Exception):
    """The outside refused the message for good; says why."""
