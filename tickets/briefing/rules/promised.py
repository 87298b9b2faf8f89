"""Open promises, the longest overdue first, then those closed last."""

from collections.abc import Iterator

from customers.models import Promise
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Params
from tickets.briefing.rules.sources import promise_source

CLOSED_SHOWN = 2


def promised(seen: Gathered) -> Iterator[BriefingItem]:
    still_open = [p for p in seen.promises if p.status == Promise.Status.OPEN]
    for promise in sorted(still_open, key=lambda p: p.due_at):
        late = promise.due_at < seen.at
        yield _item(
            promise,
            "R-PROM-OVERDUE@2" if late else "R-PROM-OPEN@2",
            "danger" if late else "promise",
        )
    for promise in [p for p in seen.promises if p.status != Promise.Status.OPEN][:CLOSED_SHOWN]:
        kept = promise.status == Promise.Status.KEPT
        yield _item(promise, "R-PROM-CLOSED@2", "success" if kept else "warning")


def _item(promise: Promise, rule: str, tone: str) -> BriefingItem:
    is_open = promise.status == Promise.Status.OPEN
    params: Params = {
        "text": promise.text,
        "due": promise.due_at.isoformat(),
        "state": "" if is_open else str(promise.status),
    }
    return BriefingItem(
        slot="promised",
        rule=rule,
        text_key="promised",
        params=params,
        sources=(promise_source(promise),),
        tone=tone,
        data={"promise": promise.pk} if is_open else {},
    )
