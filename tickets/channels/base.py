from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from helpdesk.lib.errors import TransientError
from helpdesk.lib.tokens import ReplyToken
from tickets.channels.models import Arrival
from tickets.channels.return_report import ReturnReport
from tickets.models import Delivery
from tickets.operations import NewMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardNote:
    """What an agent wrote above a mail they forwarded to us, perhaps nothing."""

    agent_id: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """What somebody sent, in the same words whatever channel it came by.

    `tokens`, `refs` and `numbers` are hints at the ticket it belongs to, strongest first; none
    of them says who is writing. `people` are the others it was sent to, address and name.
    `is_forged` when our own border found that the sender is not who it says. `report` tells which
    mails of ours came back. `note` is what an agent said above a mail they forwarded to us.
    `facts` are things the writer told us in fields of their own.
    """

    sender_kind: str
    sender: str
    sender_name: str
    subject: str
    content: NewMessage
    at: datetime
    is_forged: bool = False
    report: ReturnReport | None = None
    tokens: tuple[ReplyToken, ...] = ()
    refs: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    addressed_to: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    note: ForwardNote | None = None
    topic_id: int | None = None
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def is_answer_of_machine(self) -> bool:
        """A bounce or an auto-reply: it answers a mail of ours without a person's doing."""
        return self.content.mail_kind in {"bounce", "auto-reply", "feedback-report"}


class Channel(Protocol):
    """A way to hear from customers and to answer them. Knows no ticket rules."""

    name: ClassVar[str]

    def read(self, arrival: Arrival) -> Inbound:
        """Translate one stored arrival.

        Raises UnreadableArrival if nobody can be answered, NotForUs if it is our own echo.
        """

    def send(self, delivery: Delivery) -> str:
        """Deliver one copy of a message and return what the outside said.

        Raises CutOff if it may have gone out, TransientError if it has not and trying again may
        help, Undeliverable if not.
        """


class UnreadableArrival(Exception):
    """The payload is not something this channel can turn into a message; says why."""


class NotForUs(Exception):
    """The payload came back from ourselves; keeping it as a message would start a loop."""


class Undeliverable(Exception):
    """The outside refused the message for good; says why."""


class CutOff(TransientError):
    """The talk ended after the last byte and before the answer: nobody knows whether it counts."""
