"""What a briefing is made of: items as they are stored, and lines as they are read."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

Params = dict[str, Any]
# What a source without a number of its own is called.
_KINDS = {
    "touchpoint": _("timeline"),
    "outside": _("event"),
    "promise": _("promise"),
    "fact": _("fact"),
    "note": _("profile"),
    "customer": _("profile"),
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A stored row that proves a line, and where a reader opens it.

    `why` says why it is among them, as pairs of wording key and params; often empty.
    """

    kind: str
    id: int
    label: str = ""
    ticket_number: int | None = None
    customer_id: int | None = None
    why: tuple[tuple[str, Params], ...] = ()

    @property
    def url(self) -> str:
        """The evidence in its context: the message on its ticket, else the customer's profile."""
        if self.kind == "incident":
            return reverse("desk:incident", args=[self.id])
        if self.ticket_number is not None:
            page = reverse("desk:ticket", args=[self.ticket_number])
            return f"{page}#message-{self.id}" if self.kind == "message" else page
        return f"{reverse('desk:customer', args=[self.customer_id])}#{self.kind}-{self.id}"


@dataclass(frozen=True, kw_only=True)
class BriefingItem:
    """One thing to know: a wording with its numbers, dates and names, the rule that said it, and
    its evidence. The words are found when it is read, in the reader's language.

    `params` hold what JSON can: moments as ISO texts. `confidence` is certain, strong or possible;
    `tone` is "", warning, danger, success or promise. `data` is for what can be done with it.
    """

    slot: str
    rule: str
    text_key: str
    params: Params = field(default_factory=dict)
    sources: tuple[Source, ...]
    confidence: str = "certain"
    tone: str = ""
    data: Params = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same thing said again has the same key: what the reader saw is not new."""
        said = json.dumps([self.rule, self.text_key, self.params, self.tone], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def as_row(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "BriefingItem":
        """Read an item back as it was stored."""
        sources = tuple(
            Source(**source | {"why": tuple((key, params) for key, params in source["why"])})
            for source in row["sources"]
        )
        return cls(**row | {"sources": sources})


def attempt_in(items: Iterable[BriefingItem]) -> int:
    """Return the how-manieth contact about the issue the headline says it is."""
    said = (item.params["n"] for item in items if item.text_key == "attempts")
    return next(said, 1)


@dataclass(frozen=True, kw_only=True)
class ReadSource:
    """A source as a reader sees it: where it opens, why it is there, and what to say beside it."""

    source: Source
    why: str
    said: str

    @property
    def kind(self) -> str:
        return self.source.kind

    @property
    def id(self) -> int:
        return self.source.id

    @property
    def label(self) -> str:
        """What stands on the link: the ticket or incident, else what kind of row it opens."""
        return self.source.label or str(_KINDS.get(self.source.kind, _("evidence")))

    @property
    def ticket_number(self) -> int | None:
        return self.source.ticket_number

    @property
    def url(self) -> str:
        return self.source.url


@dataclass(frozen=True, kw_only=True)
class Line:
    """An item in words. `is_new` where the reader has not seen it when they last looked."""

    item: BriefingItem
    text: str
    sources: tuple[ReadSource, ...]
    is_new: bool = False

    @property
    def rule(self) -> str:
        return self.item.rule

    @property
    def slot(self) -> str:
        return self.item.slot

    @property
    def tone(self) -> str:
        return self.item.tone

    @property
    def confidence(self) -> str:
        return self.item.confidence

    @property
    def key(self) -> str:
        return self.item.key

    @property
    def data(self) -> Params:
        return self.item.data


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What an agent must know before answering, in order of importance.

    `contacts` are the customer's newest other tickets with what became of them (there may be
    more); `hidden_contacts` counts those in teams the reader cannot see. `failed` names the parts
    that could not be made.
    """

    lines: tuple[Line, ...]
    contacts: tuple["LastContact", ...] = ()
    has_more_contacts: bool = False
    hidden_contacts: int = 0
    computed_at: datetime | None = None
    failed: Sequence[str] = ()

    def slot(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.slot == name]

    @property
    def has_later(self) -> bool:
        """Whether the customer wrote again since: then it is said which of them came before."""
        return any(contact.is_later for contact in self.contacts)

    @property
    def judged(self) -> list[Line]:
        """The lines that say more than the profile's own fields."""
        return [line for line in self.lines if line.slot != "identity"]

    def __getattr__(self, name: str) -> list[Line]:
        """The lines of a slot by its name, for templates."""
        if name not in SLOTS:
            raise AttributeError(name)
        return self.slot(name)


SLOTS = (
    "identity", "guard", "headline", "match", "tried", "promised", "mood", "known", "questions",
    "incident", "colleagues", "next", "similar", "note",
)  # fmt: skip


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
