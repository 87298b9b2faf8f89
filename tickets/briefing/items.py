from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse


@dataclass(frozen=True, kw_only=True)
class Source:
    """A stored row that proves a line, and where a reader opens it."""

    kind: str
    id: int
    label: str = ""
    ticket_number: int | None = None
    customer_id: int | None = None

    @property
    def url(self) -> str:
        """The evidence in its context: the message on its ticket, else the customer's profile."""
        if self.ticket_number is not None:
            page = reverse("desk:ticket", args=[self.ticket_number])
            return f"{page}#message-{self.id}" if self.kind == "message" else page
        return f"{reverse('desk:customer', args=[self.customer_id])}#{self.kind}-{self.id}"


@dataclass(frozen=True, kw_only=True)
class BriefingItem:
    """One line of the briefing: a fact in words, the rule that said it, and its evidence.

    `confidence` is certain, strong or possible; `tone` is "", warning, danger, success or promise.
    """

    slot: str
    rule: str
    text: str
    sources: tuple[Source, ...]
    confidence: str = "certain"
    tone: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What an agent must know before answering, in order of importance.

    A line without evidence is not part of it. `contacts` are the customer's last tickets, with
    what became of them; `hidden_contacts` counts those in teams the reader cannot see.
    """

    items: tuple[BriefingItem, ...]
    contacts: tuple["LastContact", ...]
    hidden_contacts: int = 0

    def slot(self, name: str) -> list[BriefingItem]:
        return [item for item in self.items if item.slot == name]

    @property
    def identity(self) -> list[BriefingItem]:
        return self.slot("identity")

    @property
    def headline(self) -> list[BriefingItem]:
        return self.slot("headline")

    @property
    def promised(self) -> list[BriefingItem]:
        return self.slot("promised")

    @property
    def known(self) -> list[BriefingItem]:
        return self.slot("known")

    @property
    def notes(self) -> list[BriefingItem]:
        return self.slot("note")

    @property
    def mood(self) -> list[BriefingItem]:
        return self.slot("mood")


@dataclass(frozen=True, kw_only=True)
class LastContact:
    """One of the customer's other tickets as a line: when, how, about what, and how it ended."""

    number: int
    at: datetime
    channel: str
    subject: str
    status: str
    category: str
    owner: str
    outcome: str
    rating: int | None
    comment: str
    is_later: bool

    @property
    def url(self) -> str:
        return reverse("desk:ticket", args=[self.number])
