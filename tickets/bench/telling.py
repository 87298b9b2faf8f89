"""Tickets with all that was said and done on them, row by row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tickets.bench import shape as world
from tickets.bench.shape import Shape
from tickets.bench.words import RARE, RARE_MESSAGES, Words
from tickets.models import NEVER, Category

Row = tuple[Any, ...]
FIRST_NUMBER = 1001
CLOSES_AFTER = timedelta(days=5)
REPLY_WITHIN = timedelta(hours=4)
LONGEST_PAUSE = timedelta(hours=20)
_NEWEST, _OPEN_AMONG_NEWEST, _OPEN_OF_ORDINARY = 0.08, 0.5, 0.2
_ANSWERED, _NOTE = 0.8, 0.06
_OPEN = (Category.NEW, Category.OPEN, Category.WAIT_CUSTOMER, Category.WAIT_OTHER)
_OPEN_SHARES = (10, 45, 35, 10)


@dataclass
class Story:
    """One ticket while it is told: who, when, and what became of it."""

    id: int
    customer: int
    team: int
    assignee: int | None
    category: Category
    subject: str
    contact_number: int
    at: datetime
    said: list[tuple[str, datetime, int]] = field(default_factory=list)

    def last(self, kind: str) -> datetime | None:
        return next((at for said, at, _ in reversed(self.said) if said == kind), None)


@dataclass
class Batch:
    """The rows of some tickets, table by table."""

    tickets: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


class Teller:
    """Tells a workspace ticket by ticket; the same shape gives the same story."""

    def __init__(self, shape: Shape, statuses: dict[str, tuple[int, str]]) -> None:
        self._shape = shape
        self._statuses = statuses
        self._dice = Random(shape.tickets)  # noqa: S311 - a story, not a secret
        self._words = Words(self._dice)
        self._busy, self._lifelong = shape.tickets_of_busy(), shape.tickets_of_lifelong()
        self._message_id = self._event_id = 0
        self.contacts: dict[int, tuple[int, datetime]] = {}

    def batches(self, size: int = 2_000) -> Iterator[Batch]:
        for first in range(1, self._shape.tickets + 1, size):
            batch = Batch()
            for ticket in range(first, min(first + size, self._shape.tickets + 1)):
                self._tell(ticket, batch)
            yield batch

    def name(self) -> str:
        return self._words.name()

    def _tell(self, ticket: int, batch: Batch) -> None:
        story = self._begin(ticket)
        texts = self._talk(story, batch)
        self._end(story, batch)
        batch.tickets.append(self._row_of(story, preview=texts[-1][:160]))

    def _begin(self, ticket: int) -> Story:
        dice, at = self._dice, self._shape.opened_at(ticket)
        is_ours = ticket in self._busy or ticket in self._lifelong
        customer = self._customer_of(ticket)
        is_new = ticket > self._shape.tickets * (1 - _NEWEST)
        category = Category.CLOSED
        if is_new and dice.random() < _OPEN_AMONG_NEWEST:
            [category] = dice.choices(_OPEN, _OPEN_SHARES)
        elif at + 2 * CLOSES_AFTER > self._shape.now:
            category = Category.SOLVED
        assignee: int | None = dice.randint(2, world.AGENTS)
        if category not in (Category.CLOSED, Category.SOLVED):
            if dice.random() < _OPEN_OF_ORDINARY:
                assignee, is_ours = world.ORDINARY, True
            if category == Category.NEW:
                assignee = None
        known, _ = self.contacts.get(customer, (0, at))
        self.contacts[customer] = (known + 1, at)
        return Story(
            id=ticket,
            customer=customer,
            team=world.TEAMS_OF_ORDINARY[0] if is_ours else dice.randint(1, len(world.TEAMS)),
            assignee=assignee,
            category=category,
            subject=self._words.subject(),
            contact_number=known + 1,
            at=at,
        )

    def _customer_of(self, ticket: int) -> int:
        """Most customers write once or twice, few of them often."""
        if ticket in self._busy:
            return self._shape.BUSY
        if ticket in self._lifelong:
            return self._shape.LIFELONG
        others = self._shape.customers - self._shape.LIFELONG
        return self._shape.LIFELONG + 1 + int(others * self._dice.random() ** 2)

    def _talk(self, story: Story, batch: Batch) -> list[str]:
        dice = self._dice
        mean = self._shape.messages_per_ticket
        count = max(1, round(dice.gammavariate(2, mean / 2)))
        if story.category == Category.NEW:
            count = 1
        pause = min((self._shape.now - story.at) / (count + 1), LONGEST_PAUSE)
        kind, at, texts = "inbound", story.at, []
        for said in range(count):
            if said:
                at += pause * (0.1 + 0.9 * dice.random())
                kind = self._next_kind(kind)
            is_rare = not said and story.id % max(1, self._shape.tickets // RARE_MESSAGES) == 0
            self._message_id += 1
            text = self._words.body(self._message_id) + (f" {RARE}." if is_rare else "")
            texts.append(text)
            story.said.append((kind, at, self._message_id))
            batch.messages.append(self._message_of(story, kind, at, text))
            self._record(story, batch, self._event_kind(kind, said), at, kind=kind, message=True)
        return texts

    def _next_kind(self, kind: str) -> str:
        if self._dice.random() < _NOTE:
            return "note"
        return "reply" if (kind == "inbound") == (self._dice.random() < _ANSWERED) else "inbound"

    def _event_kind(self, kind: str, said: int) -> str:
        if not said:
            return "opened"
        return {"inbound": "received", "reply": "replied", "note": "noted"}[kind]

    def _message_of(self, story: Story, kind: str, at: datetime, text: str) -> Row:
        is_inbound, is_reply = kind == "inbound", kind == "reply"
        return (
            self._message_id,
            story.id,
            kind,
            at,
            story.customer if is_inbound else None,
            None if is_inbound else self._agent_of(story),
            "" if is_inbound else "Agent",
            f"customer{story.customer}@example.com" if is_inbound else "",
            text,
            f"m{self._message_id}@example.com" if kind != "note" else "",
            "sent" if is_reply else "",
            at if is_reply else None,
            at,
        )

    def _record(
        self,
        story: Story,
        batch: Batch,
        event: str,
        at: datetime,
        *,
        kind: str = "reply",
        message: bool = False,
        new: dict[str, Any] | None = None,
    ) -> None:
        self._event_id += 1
        is_customer = kind == "inbound"
        if event == "opened":
            new = {"status": self._statuses["new"][1], "category": "new", "channel": "email"}
            new["team"] = story.team
        batch.events.append(
            (
                self._event_id,
                story.id,
                event,
                at,
                at,
                "customer" if is_customer else "agent",
                "",
                None if is_customer else self._agent_of(story),
                story.customer if is_customer else None,
                self._message_id if message else None,
                "{}",
                json.dumps(new or {}),
                at,
            )
        )

    def _end(self, story: Story, batch: Batch) -> None:
        last = story.said[-1][1]
        if story.assignee is not None:
            self._record(story, batch, "assigned", story.at, new={"agent": story.assignee})
        if story.category in (Category.SOLVED, Category.CLOSED):
            closed_at = min(last + CLOSES_AFTER, self._shape.now)
            for category, at in ((Category.SOLVED, last), (Category.CLOSED, closed_at)):
                new = {"status": self._statuses[category][1], "category": category.value}
                self._record(story, batch, category.value, at, new=new)
                if category == story.category:
                    break

    def _row_of(self, story: Story, *, preview: str) -> Row:
        last = story.said[-1][1]
        is_finished = story.category in (Category.SOLVED, Category.CLOSED)
        is_closed = story.category == Category.CLOSED
        inbound, reply = story.last("inbound"), story.last("reply")
        waits = not is_finished and story.category != Category.WAIT_CUSTOMER
        since = inbound if waits and inbound and (reply is None or reply < inbound) else None
        due = since + REPLY_WITHIN if since else None
        return (
            story.id,
            FIRST_NUMBER + story.id - 1,
            story.subject,
            story.customer,
            self._statuses[story.category][0],
            story.category.value,
            self._dice.choices((1, 2, 3, 4), (10, 70, 15, 5))[0],
            story.team,
            story.assignee,
            story.at,
            last,
            last if is_finished else None,
            min(last + CLOSES_AFTER, self._shape.now) if is_closed else None,
            next((at for kind, at, _ in story.said if kind == "reply"), None),
            since,
            due,
            due or NEVER,
            inbound,
            reply,
            self._event_id,
            preview,
            story.contact_number,
            len(story.said),
            sum(kind == "reply" for kind, _, _ in story.said),
        )

    def _agent_of(self, story: Story) -> int:
        return story.assignee or world.SUPERVISOR
