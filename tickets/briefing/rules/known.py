"""What they told us already, so that nobody asks again; and what is still asked."""

from collections import Counter
from collections.abc import Iterator

from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem
from tickets.briefing.rules.headline import since_our_reply
from tickets.briefing.rules.sources import fact_source, message_source
from tickets.models import Message
from tickets.sentences.questions import questions_in

QUESTIONS = 3


def known(seen: Gathered) -> Iterator[BriefingItem]:
    """Facts, those the topic asks for first; where two values differ, both with their dates."""
    topic = seen.ticket.topic
    wanted = topic.required_facts if topic else []
    values = Counter(fact.key for fact in seen.facts)
    for fact in sorted(seen.facts, key=lambda f: f.key not in wanted):
        yield BriefingItem(
            slot="known",
            rule="R-KNOWN@2",
            text_key="known",
            params={
                "label": fact.label,
                "value": fact.value,
                "at": fact.at.isoformat(),
                "doubted": values[fact.key] > 1,
            },
            sources=(fact_source(seen, fact),),
            data={"key": fact.key},
        )


def asked_open(seen: Gathered) -> Iterator[BriefingItem]:
    """Their questions since our last reply. Of a first contact they stand on the page anyway."""
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
