"""One suggestion by the decision table of BRIEFING 3.7: the first row that holds wins."""

from collections import Counter
from collections.abc import Callable, Iterator

from customers.models import Promise
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Params, Source
from tickets.briefing.rules.headline import contacts_about
from tickets.briefing.rules.known import asked_open
from tickets.briefing.rules.sources import incident_source, promise_source, ticket_source
from tickets.briefing.rules.surroundings import guards
from tickets.briefing.rules.tried import FAILED, tried
from tickets.macros.suggesting import INCIDENT, PROMISE_LATE

ATTEMPTS = 3
SIMILAR_LEAST = 3
AGREED = 0.6
NO_STEP = "R-NEXT-NONE@1"  # says that there is not enough to go on


def next_step(seen: Gathered) -> Iterator[BriefingItem]:
    """The step, or that there is not enough to go on; finished tickets need none."""
    if seen.ticket.is_finished:
        return
    for row in _TABLE:
        if item := row(seen):
            yield item
            return
    if not seen.is_first:
        yield _item(NO_STEP, "next_none", {}, (ticket_source(seen.ticket),))


def _item(
    rule: str, text_key: str, params: Params, sources: tuple[Source, ...], **data: object
) -> BriefingItem:
    return BriefingItem(
        slot="next", rule=rule, text_key=text_key, params=params, sources=sources, data=dict(data)
    )


def _guard(seen: Gathered) -> BriefingItem | None:
    guard = next(guards(seen), None)
    if guard is None:
        return None
    return _item("R-NEXT-GUARD@1", "next_guard", {"text": guard.params["text"]}, guard.sources)


def _incident(seen: Gathered) -> BriefingItem | None:
    for incident, _tickets in seen.incidents:
        sources = (incident_source(incident),)
        params: Params = {"title": incident.title}
        return _item("R-NEXT-INCIDENT@1", "next_incident", params, sources, macro=INCIDENT)
    return None


def _promise(seen: Gathered) -> BriefingItem | None:
    late = [p for p in seen.promises if p.status == Promise.Status.OPEN and p.due_at < seen.at]
    for promise in sorted(late, key=lambda p: p.due_at):
        params: Params = {"text": promise.text, "due": promise.due_at.isoformat()}
        return _item(
            "R-NEXT-PROMISE@1",
            "next_promise",
            params,
            (promise_source(promise),),
            macro=PROMISE_LATE,
        )
    return None


def _other_step(seen: Gathered) -> BriefingItem | None:
    """A step that failed is not to be repeated."""
    for item in tried(seen):
        if item.text_key == "tried" and item.params["how"] in FAILED:
            params: Params = {"step": item.params["step"]}
            topic = seen.ticket.topic_id
            return _item(
                "R-NEXT-OTHER@1", "next_other_step", params, item.sources, other_of_topic=topic
            )
    return None


def _own(seen: Gathered) -> BriefingItem | None:
    contacts = contacts_about(seen, seen.sure_numbers)
    if len(contacts) < ATTEMPTS:
        return None
    params: Params = {"n": len(contacts)}
    return _item("R-NEXT-OWN@1", "next_own", params, (ticket_source(seen.ticket),))


def _ask(seen: Gathered) -> BriefingItem | None:
    topic = seen.ticket.topic
    have = {fact.key for fact in seen.facts}
    missing = [key for key in (topic.required_facts if topic else []) if key not in have]
    if not missing:
        return None
    words = ", ".join(key.replace("_", " ") for key in missing)
    sources = (ticket_source(seen.ticket),)
    return _item("R-NEXT-ASK@1", "next_ask", {"missing": words}, sources, asks_for=missing)


def _code(seen: Gathered) -> BriefingItem | None:
    """What solved most similar tickets without coming back, unless it failed for this issue."""
    told = (item.params for item in tried(seen))
    failed = {one["code"] for one in told if "code" in one and one["how"] in FAILED}
    codes = Counter(s.resolution_code for s in seen.similar if s.resolution_code)
    for code, times in codes.most_common(1):
        is_agreed = len(seen.similar) >= SIMILAR_LEAST and times / len(seen.similar) >= AGREED
        if is_agreed and code not in failed:
            params: Params = {"code": code, "k": times, "n": len(seen.similar)}
            sources = tuple(
                Source(kind="ticket", id=s.ticket_id, label=f"#{s.number}", ticket_number=s.number)
                for s in seen.similar
                if s.resolution_code == code
            )
            return _item("R-NEXT-CODE@2", "next_code", params, sources, code=code)
    return None


def _question(seen: Gathered) -> BriefingItem | None:
    for asked in asked_open(seen):
        if asked.text_key == "they_asked":  # what we asked for is theirs to answer
            params: Params = {"question": asked.params["question"]}
            return _item("R-NEXT-ANSWER@1", "next_answer", params, asked.sources)
    return None


_TABLE: tuple[Callable[[Gathered], BriefingItem | None], ...] = (
    _guard,
    _incident,
    _promise,
    _other_step,
    _own,
    _ask,
    _code,
    _question,
)
