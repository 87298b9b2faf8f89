"""The rules: from gathered rows to lines in words. No queries, no clock: same rows, same lines."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Promise, Touchpoint
from helpdesk.lib.languages import language_name
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Source

ATTEMPT_WINDOW = timedelta(days=30)
SIXTH = 6
FOUR = 4
RATED_BADLY = 2
NIGHT = (22, 7)


def identity(seen: Gathered) -> Iterator[BriefingItem]:
    """Who it is and how to address them: only what the profile really says."""
    customer = seen.customer
    source = (Source(kind="customer", id=customer.pk, customer_id=customer.pk),)

    def line(rule: str, text: str) -> BriefingItem:
        return BriefingItem(slot="identity", rule=rule, text=text, sources=source)

    name = str(customer)
    if customer.how_to_say:
        name = f"{name} ({customer.how_to_say})"
    yield line("R-WHO-NAME@1", name)
    if customer.pronouns:
        yield line("R-WHO-PRONOUNS@1", customer.pronouns)
    if customer.organisation:
        yield line("R-WHO-ORGANISATION@1", customer.organisation.name)
    if customer.tier:
        yield line("R-WHO-TIER@1", customer.tier)
    if local := _local_time(seen):
        yield line("R-WHO-TIME@1", local)
    if customer.language:
        yield line("R-WHO-LANGUAGE@1", language_name(customer.language))
    yield from _preferred_channel(seen)
    yield from _knows(seen)


def headline(seen: Gathered) -> Iterator[BriefingItem]:
    """How often they turned to us, and the promise that presses most."""
    contacts = _attempts_until_now(seen)
    if len(seen.contacts) <= 1 and not seen.tickets and not seen.hidden:
        yield BriefingItem(
            slot="headline",
            rule="R-ATTEMPT-FIRST@1",
            text=_("First contact we know of."),
            sources=_contact_sources(seen, contacts) or _ticket_source(seen),
        )
    elif contacts:
        days = (localtime(contacts[0].at).date() - localtime(contacts[-1].at).date()).days
        yield BriefingItem(
            slot="headline",
            rule="R-ATTEMPT-COUNT@1",
            text=_attempts(len(contacts), days),
            sources=_contact_sources(seen, contacts),
            tone="warning" if len(contacts) >= FOUR - 1 else "",
        )
    overdue = [p for p in seen.promises if p.status == Promise.Status.OPEN and p.due_at < seen.at]
    for promise in sorted(overdue, key=lambda p: p.due_at)[:1]:
        yield BriefingItem(
            slot="headline",
            rule="R-PROM-OVERDUE@1",
            text=_("%(text)s promised for %(day)s — %(late)s overdue.")
            % {
                "day": _day(promise),
                "text": capfirst(promise.text.rstrip(".")),
                "late": _days(_overdue_days(seen, promise)),
            },
            sources=(_promise_source(promise),),
            tone="danger",
        )


def promised(seen: Gathered) -> Iterator[BriefingItem]:
    """Open promises, the longest overdue first, then those kept last."""
    still_open = [p for p in seen.promises if p.status == Promise.Status.OPEN]
    for promise in sorted(still_open, key=lambda p: p.due_at):
        late = promise.due_at < seen.at
        due = (
            _("overdue %(late)s") % {"late": _days(_overdue_days(seen, promise))}
            if late
            else _("due")
        )
        yield BriefingItem(
            slot="promised",
            rule="R-PROM-OVERDUE@1" if late else "R-PROM-OPEN@1",
            text=f"{_day(promise)} {promise.text} — {due}",
            sources=(_promise_source(promise),),
            tone="danger" if late else "promise",
            at=promise.due_at,
        )
    for promise in [p for p in seen.promises if p.status != Promise.Status.OPEN][:2]:
        yield BriefingItem(
            slot="promised",
            rule="R-PROM-CLOSED@1",
            text=f"{_day(promise)} {promise.text} — {promise.get_status_display().lower()}",
            sources=(_promise_source(promise),),
            tone="success" if promise.status == Promise.Status.KEPT else "warning",
            at=promise.closed_at,
        )


def known(seen: Gathered) -> Iterator[BriefingItem]:
    """What they told us already, so that nobody asks again."""
    for fact in seen.facts:
        kind, number = ("message", fact.message_id) if fact.message_id else ("fact", fact.pk)
        yield BriefingItem(
            slot="known",
            rule="R-KNOWN@1",
            text=_named(fact.label, fact.value),
            sources=(
                Source(
                    kind=kind,
                    id=number,
                    ticket_number=fact.ticket_number if fact.message_id else None,
                    customer_id=seen.customer.pk,
                ),
            ),
            at=fact.at,
        )


def _named(label: str, value: str) -> str:
    """A value with its name before it, unless it says its name itself."""
    return value if value.lower().startswith(label.lower()) else f"{label} {value}"


def mood(seen: Gathered) -> Iterator[BriefingItem]:
    """Only what they said in a rating; silence is never a mood (BRIEFING 3.5, E1)."""
    for moment in [m for m in seen.moments if m.kind == Touchpoint.Kind.RATING][:2]:
        score = int(moment.title or 0)
        yield BriefingItem(
            slot="mood",
            rule="R-MOOD-RATED@1",
            text=_("rated %(score)s of 5") % {"score": score},
            sources=(_moment_source(seen, moment),),
            tone="warning" if score <= RATED_BADLY else "",
            at=moment.at,
        )


def notes(seen: Gathered) -> Iterator[BriefingItem]:
    for note in seen.notes:
        yield BriefingItem(
            slot="note",
            rule="R-NOTE@1",
            text=f"“{note.text}” {note.author or ''}".strip(),
            sources=(Source(kind="note", id=note.pk, customer_id=seen.customer.pk),),
            at=note.at,
        )


def _attempts(number: int, days: int) -> str:
    words = {"nth": _ordinal(number), "days": _days(days)}
    if number == 1:
        return _("1 contact in the last 30 days.")
    if days == 0:
        return _("%(nth)s contact today.") % words
    return _("%(nth)s contact in %(days)s.") % words


def _ordinal(number: int) -> str:
    # Translators: English ordinal endings; other languages translate "%(n)sth" alone.
    teens = range(11, 14)
    last = number % 10 if number % 100 not in teens else 0
    endings = {1: _("%(n)sst"), 2: _("%(n)snd"), 3: _("%(n)srd")}
    return endings.get(last, _("%(n)sth")) % {"n": number}


def _days(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _day(promise: Promise) -> str:
    return date_format(localtime(promise.due_at), "j M")


def _overdue_days(seen: Gathered, promise: Promise) -> int:
    return (localtime(seen.at).date() - localtime(promise.due_at).date()).days


def _attempts_until_now(seen: Gathered) -> list[Touchpoint]:
    """Return the contacts up to the newest on this ticket, as far back as attempts count."""
    until = seen.ticket.last_inbound_at or seen.ticket.opened_at
    return [c for c in seen.contacts if until - ATTEMPT_WINDOW <= c.at <= until]


def _local_time(seen: Gathered) -> str:
    customer = seen.customer
    guessed = not customer.time_zone
    zone = customer.time_zone or (customer.organisation.time_zone if customer.organisation else "")
    if not zone:
        return customer.place
    there = seen.at.astimezone(ZoneInfo(zone))
    is_night = there.hour >= NIGHT[0] or there.hour < NIGHT[1]
    words = f"{customer.place} {'≈' if guessed else ''}{there:%H:%M}".strip()
    return f"{words} ({_('night')})" if is_night else words


def _preferred_channel(seen: Gathered) -> Iterator[BriefingItem]:
    """Set on the profile, else what they used in at least four of their last six contacts."""
    if seen.customer.preferred_channel:
        text = _("prefers %(channel)s") % {"channel": seen.customer.preferred_channel}
        source = Source(kind="customer", id=seen.customer.pk, customer_id=seen.customer.pk)
        yield BriefingItem(slot="identity", rule="R-WHO-CHANNEL@1", text=text, sources=(source,))
        return
    last = seen.contacts[:SIXTH]
    for channel, times in Counter(m.channel for m in last).most_common(1):
        if times >= FOUR:
            yield BriefingItem(
                slot="identity",
                rule="R-WHO-CHANNEL-SEEN@1",
                text=_("prefers %(channel)s (%(k)s of %(n)s)")
                % {"channel": channel, "k": times, "n": len(last)},
                sources=_contact_sources(seen, last),
                confidence="strong",
            )


def _knows(seen: Gathered) -> Iterator[BriefingItem]:
    """The agent who answered them most in a year, if still here."""
    replies = [m for m in seen.moments if m.kind == Touchpoint.Kind.REPLY and m.agent]
    for agent_id, _times in Counter(m.agent_id for m in replies).most_common(1):
        theirs = [m for m in replies if m.agent_id == agent_id]
        agent = theirs[0].agent
        if agent and agent.is_active and agent.pk != seen.agent.pk:
            yield BriefingItem(
                slot="identity",
                rule="R-WHO-KNOWS@1",
                text=_("knows %(agent)s") % {"agent": agent.first_name},
                sources=tuple(_moment_source(seen, m) for m in theirs[:3]),
            )


def _contact_sources(seen: Gathered, contacts: list[Touchpoint]) -> tuple[Source, ...]:
    return tuple(_moment_source(seen, contact) for contact in contacts)


def _moment_source(seen: Gathered, moment: Touchpoint) -> Source:
    is_message = moment.ref_kind == "message" and moment.ref_id is not None
    return Source(
        kind="message" if is_message else "touchpoint",
        id=(moment.ref_id or 0) if is_message else moment.pk,
        label=f"#{moment.ticket_number}" if moment.ticket_number else "",
        ticket_number=moment.ticket_number,
        customer_id=seen.customer.pk,
    )


def _promise_source(promise: Promise) -> Source:
    has_message = promise.message_id is not None
    return Source(
        kind="message" if has_message else "promise",
        id=promise.message_id or promise.pk,
        label=f"#{promise.ticket_number}" if promise.ticket_number else "",
        ticket_number=promise.ticket_number if has_message else None,
        customer_id=promise.customer_id,
    )


def _ticket_source(seen: Gathered) -> tuple[Source, ...]:
    number = seen.ticket.number
    return (Source(kind="ticket", id=seen.ticket.pk, label=f"#{number}", ticket_number=number),)
