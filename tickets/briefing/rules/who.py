"""Who it is and how to address them: only what the profile or their contacts really say."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from customers.local_time import zone_of
from customers.models import Touchpoint
from customers.queries import LAST, observed_channel
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Params
from tickets.briefing.rules.sources import customer_source, moment_source


def who(seen: Gathered) -> Iterator[BriefingItem]:
    customer = seen.customer
    yield _line(seen, "R-WHO-NAME@2", "name", name=str(customer), say=customer.how_to_say)
    if customer.pronouns:
        yield _line(seen, "R-WHO-PRONOUNS@2", "plain", text=customer.pronouns)
    if customer.organisation:
        yield _line(seen, "R-WHO-ORGANISATION@2", "plain", text=customer.organisation.name)
    if customer.tier:
        yield _line(seen, "R-WHO-TIER@2", "plain", text=customer.tier)
    if zone := zone_of(customer):
        given = {"zone": zone.key, "guessed": not customer.time_zone, "place": customer.place}
        yield _line(seen, "R-WHO-TIME@2", "local_time", **given)
    elif customer.place:
        yield _line(seen, "R-WHO-PLACE@2", "plain", text=customer.place)
    if customer.language:
        yield _line(seen, "R-WHO-LANGUAGE@2", "language", code=customer.language)
    yield from _preferred_channel(seen)
    yield from _knows(seen)


def _line(seen: Gathered, rule: str, text_key: str, **params: object) -> BriefingItem:
    given: Params = dict(params)
    return BriefingItem(
        slot="identity",
        rule=rule,
        text_key=text_key,
        params=given,
        sources=(customer_source(seen),),
    )


def _preferred_channel(seen: Gathered) -> Iterator[BriefingItem]:
    """Set on the profile, else what they used in at least four of their last six contacts."""
    if channel := seen.customer.preferred_channel:
        yield _line(seen, "R-WHO-CHANNEL@2", "prefers", channel=channel)
        return
    last = seen.contacts[:LAST]
    if observed := observed_channel([moment.channel for moment in last]):
        channel, times, among = observed
        yield BriefingItem(
            slot="identity",
            rule="R-WHO-CHANNEL-SEEN@2",
            text_key="prefers_seen",
            params={"channel": channel, "k": times, "n": among},
            sources=tuple(moment_source(seen, moment) for moment in last),
            confidence="strong",
        )


def _knows(seen: Gathered) -> Iterator[BriefingItem]:
    """The agent who answered them most in a year, if still here."""
    replies = [m for m in seen.moments if m.kind == Touchpoint.Kind.REPLY and m.agent_id]
    for agent_id, _times in Counter(moment.agent_id for moment in replies).most_common(1):
        theirs = [moment for moment in replies if moment.agent_id == agent_id]
        answerer: Any = theirs[0]
        if answerer.agent_works:
            yield BriefingItem(
                slot="identity",
                rule="R-WHO-KNOWS@2",
                text_key="knows",
                params={"agent": answerer.agent_name.partition(" ")[0]},
                sources=tuple(moment_source(seen, moment) for moment in theirs[:3]),
            )
