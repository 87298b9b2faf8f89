"""What they told us already, so that nobody asks again; and what is still asked."""

from collections import Counter
from collections.abc import Iterator

from customers.models import Fact
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem
from tickets.briefing.rules.headline import since_our_reply
from tickets.briefing.rules.sources import fact_source, message_source
from tickets.models import Message
from tickets.sentences.questions import questions_in

QUESTIONS = 3


def known(seen: Gathered) -> Iterator[BriefingItem]:
    """Facts told about this issue, those the topic asks for first; where two values differ, both
    with their dates. What was told about something else counts where nothing newer was told.

    What somebody writes in a first message stands on the page anyway.
    """
    topic = seen.ticket.topic
    wanted = topic.required_facts if topic else []
    facts = list(_relevant(seen))
    values = Counter(fact.key for fact in facts)
    for fact in sorted(facts, key=lambda f: (f.key not in wanted, not _is_here(f, seen))):
        yield BriefingItem(
            slot="known",
            rule="R-KNOWN@3",
            text_key="known",
            params={
                "label": fact.label,
                "value": fact.value,
                "at": fact.at.isoformat(),
                "dated": values[fact.key] > 1 or not _is_here(fact, seen),
            },
            sources=(fact_source(seen, fact),),
            data={"key": fact.key},
        )


def _relevant(seen: Gathered) -> Iterator[Fact]:
    told_here = {fact.key for fact in seen.facts if _is_here(fact, seen)}
    told: set[str] = set()
    for fact in seen.facts:  # the newest first
        if seen.is_first and fact.ticket_number and fact.source == Fact.Source.MESSAGE:
            continue
        if _is_here(fact, seen) or fact.key not in told_here | told:
            yield fact
        told.add(fact.key)


def _is_here(fact: Fact, seen: Gathered) -> bool:
    """Whether it was told about this issue, or about no ticket at all."""
    return fact.ticket_number is None or fact.ticket_number in seen.numbers


def asked_open(seen: Gathered) -> Iterator[BriefingItem]:
    """Their questions since our last reply, and what we asked for and do not know yet.

    The questions of a first contact stand on the page anyway.
    """
    if seen.is_first:
        return
    found = [
        (message, question)
        for message in reversed(since_our_reply(seen))
        if message.kind == Message.Kind.INBOUND
        for question in questions_in(message.own_text, message.language)
    ]
    for message, question in found[:QUESTIONS]:
        yield BriefingItem(
            slot="questions",
            rule="R-ASKED@1",
            text_key="they_asked",
            params={"question": question.text},
            sources=(message_source(seen, message),),
        )
    missing = sorted(seen.asked - {fact.key for fact in seen.facts})
    if seen.last_reply and missing:
        yield BriefingItem(
            slot="questions",
            rule="R-WE-ASKED@1",
            text_key="we_asked",
            params={"things": [key.replace("_", " ") for key in missing]},
            sources=(message_source(seen, seen.last_reply),),
        )
