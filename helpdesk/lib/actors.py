from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of actor an event can name; metrics tell people from machines by them."""

    AGENT = "agent"
    CUSTOMER = "customer"
    RULE = "rule"
    IMPORT = "import"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who did it. Every operation takes one as `by` and every event keeps one.

    Holds ids, not rows, so that it can cross a task boundary. `agent_id` may be set on an
    import too: the history says that agent did it, and we learned of it by importing.
    """

    kind: ActorKind
    agent_id: int | None = None
    customer_id: int | None = None
    name: str = ""

    @classmethod
    def agent(cls, agent_id: int) -> Actor:
        return cls(ActorKind.AGENT, agent_id=agent_id)

    @classmethod
    def customer(cls, customer_id: int) -> Actor:
        return cls(ActorKind.CUSTOMER, customer_id=customer_id)

    @classmethod
    def rule(cls, name: str) -> Actor:
        return cls(ActorKind.RULE, name=name)

    @classmethod
    def imported(cls, *, agent_id: int | None = None, customer_id: int | None = None) -> Actor:
        return cls(ActorKind.IMPORT, agent_id=agent_id, customer_id=customer_id)

    @classmethod
    def system(cls) -> Actor:
        return cls(ActorKind.SYSTEM)
