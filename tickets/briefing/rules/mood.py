"""Signs of how it felt, with quotes, never a verdict (BRIEFING 3.5). Silence is never calm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from customers.feedback.models import Rating
from customers.models import Touchpoint
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Params, Source
from tickets.briefing.models import ItemMark
from tickets.briefing.rules.headline import contacts_about, since_our_reply
from tickets.briefing.rules.sources import message_source, moment_source, ticket_source
from tickets.models import Message
from tickets.sentences.mood import mood_cues

RATED_FOR = timedelta(days=90)
BAD, WORST, GOOD = 2, 1, 4
HARD = 3  # of seven: it was not made easy
# What is answered beside a score.
NOT_SOLVED, HAD_TO_REPEAT = ("not_yet", "came_back"), ("once", "more")
MANY_ATTEMPTS, MANY_CHASERS, MANY_TRANSFERS = 3, 2, 2
UPSET_SIGNS = 3
STRAINED_KINDS = 2
QUOTES = 2
SAID_OF = 3


@dataclass(frozen=True)
class Sign:
    """One piece of evidence: stated, said or done; `sort` tells independent pieces apart."""

    kind: str
    sort: str
    key: str
    params: Params
    source: Source


def mood(seen: Gathered) -> Iterator[BriefingItem]:
    if seen.corrected:
        yield from _corrected(seen, seen.corrected)
        return
    signs = [*_stated(seen), *_said(seen), *_done(seen)]
    level = _level(seen, signs)
    if not level:
        return
    if level == "content":
        signs = [sign for sign in _rated(seen) if sign.params["score"] >= GOOD][:1]
    shown = _once_each(signs)
    yield BriefingItem(
        slot="mood",
        rule=f"R-MOOD-{level.upper()}@1",
        text_key="mood",
        params={
            "level": level,
            "quotes": [s.params["quote"] for s in shown if s.kind == "said"][:QUOTES],
            "signs": [[s.key, s.params] for s in shown if s.kind != "said"],
        },
        sources=tuple(sign.source for sign in shown),
        tone="" if level == "content" else "warning" if level == "strained" else "danger",
    )


def _corrected(seen: Gathered, mark: ItemMark) -> Iterator[BriefingItem]:
    """What an agent said of this ticket's mood wins over every sign; they may have seen none."""
    if mark.correction:
        yield BriefingItem(
            slot="mood",
            rule="R-MOOD-CORRECTED@1",
            text_key="mood",
            params={
                "level": mark.correction,
                "quotes": [],
                "signs": [["corrected", {"agent": mark.agent.first_name}]],
            },
            sources=(ticket_source(seen.ticket),),
            confidence="agent-confirmed",
        )


def _level(seen: Gathered, signs: list[Sign]) -> str:
    """The word for what the signs add up to; empty where they say nothing either way."""
    sorts = {(sign.kind, sign.sort) for sign in signs}
    scores = [sign.params["score"] for sign in signs if sign.sort == "rated"]
    about = [s for s in signs if s.sort == "rated" and s.source.ticket_number in seen.numbers]
    worst_here = any(sign.params["score"] == WORST for sign in about)
    if ("said", "leaving") in sorts or worst_here or len(sorts) >= UPSET_SIGNS:
        return "upset"
    if len({kind for kind, _sort in sorts}) >= STRAINED_KINDS or any(s <= BAD for s in scores):
        return "strained"
    rated = _rated(seen)
    return "content" if not signs and rated and rated[0].params["score"] >= GOOD else ""


def _rated(seen: Gathered) -> list[Sign]:
    return [
        Sign("stated", "rated", "rated", {"score": int(m.title)}, moment_source(seen, m))
        for m in seen.moments
        if m.kind == Touchpoint.Kind.RATING and m.title.isdecimal() and seen.at - m.at <= RATED_FOR
    ]


def _stated(seen: Gathered) -> list[Sign]:
    """What they answered in the last three months: the newest rating where it is bad, and the
    newest answer that says it is not solved, was hard, or had to be told twice.
    """
    return [sign for sign in _rated(seen)[:1] if sign.params["score"] <= BAD] + _answered(seen)


def _answered(seen: Gathered) -> list[Sign]:
    """What the newest answer says beside its score; one piece of evidence, however much it says."""
    answers = (m for m in seen.moments if m.kind == Touchpoint.Kind.RATING)
    newest = next((m for m in answers if m.data.get("scale") != Rating.Scale.NPS), None)
    if newest is None or seen.at - newest.at > RATED_FOR:
        return []
    data, source = newest.data, moment_source(seen, newest)
    signs = []
    if data.get("solved") in NOT_SOLVED:
        signs.append(Sign("stated", "answered", "not_solved_sign", {}, source))
    if data.get("repeated") in HAD_TO_REPEAT:
        signs.append(Sign("stated", "answered", "had_to_repeat_sign", {}, source))
    if data.get("scale") == Rating.Scale.CES and data["score"] <= HARD:
        signs.append(Sign("stated", "answered", "hard_sign", {"score": data["score"]}, source))
    return signs


def _said(seen: Gathered) -> list[Sign]:
    """Cues in what they wrote and have no answer to; else in their newest words here."""
    own = [m for m in seen.said if m.ticket_id == seen.ticket.pk and m.kind == Message.Kind.INBOUND]
    unanswered = since_our_reply(seen) or own[:1]
    return [
        Sign("said", cue.kind, "", {"quote": cue.quote}, message_source(seen, message))
        for message in unanswered[:SAID_OF]
        for cue in mood_cues(message.own_text, message.language)
    ]


def _done(seen: Gathered) -> Iterator[Sign]:
    """What they had to do: only what surely belongs to this issue."""
    source = ticket_source(seen.ticket)
    contacts = contacts_about(seen, seen.sure_numbers)
    if len(contacts) >= MANY_ATTEMPTS:
        evidence = moment_source(seen, contacts[0])
        yield Sign("done", "attempts", "attempts_sign", {"n": len(contacts)}, evidence)
    waiting = since_our_reply(seen)
    if len(waiting) > MANY_CHASERS and seen.ticket.replies_count:
        evidence = message_source(seen, waiting[0])
        yield Sign("done", "chasers", "chaser_sign", {"n": len(waiting)}, evidence)
    if seen.transfers >= MANY_TRANSFERS:
        yield Sign("done", "transfers", "transfers_sign", {"n": seen.transfers}, source)
    if seen.ticket.reopened_count:
        yield Sign("done", "reopened", "reopened_sign", {}, source)


def _once_each(signs: list[Sign]) -> list[Sign]:
    """The first sign of each sort: the strongest of a sort comes first."""
    seen_sorts: dict[tuple[str, str], Sign] = {}
    for sign in signs:
        seen_sorts.setdefault((sign.kind, sign.sort), sign)
    return list(seen_sorts.values())
