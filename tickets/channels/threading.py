"""Which ticket something belongs to. Who wrote it is decided apart from this, by its From."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from customers.models import Customer
from tickets.channels.base import Inbound
from tickets.models import Category, Message, Ticket

# A reply may come before what it answers, or refer to a mail we never got, within this time.
MEET_WITHIN = timedelta(days=14)
MOST_HINTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an arrival goes: onto `ticket`, else onto a new one.

    A new one `follows` the sender's own closed ticket, or `possibly` belongs to somebody else's,
    for an agent to decide. `is_proven` when it shows knowledge of a mail of the ticket;
    `is_member` when its sender belongs to the ticket.
    """

    ticket: Ticket | None = None
    follows: Ticket | None = None
    possibly: Ticket | None = None
    is_proven: bool = False
    is_member: bool = True


def find_place(inbound: Inbound, customer: Customer) -> Place:
    """Find the ticket an arrival belongs to; the strongest hint decides.

    A token of ours proves the ticket, whoever writes. Message-IDs, and ticket numbers in the
    subject, lead only to tickets the sender belongs to; a number not even there when our border
    found the sender forged.
    """
    by_token = _by_token(inbound)
    by_mail = _by_mail(inbound)
    by_number = _by_number(inbound)
    proven = [*by_token, *by_mail]
    hinted = [*proven, *by_number]
    members = _memberships(customer, hinted)
    reached = [*proven, *([] if inbound.is_forged else by_number)]
    own = next((ticket for ticket in reached if ticket.pk in members), None)
    if own is not None:
        is_open = own.category != Category.CLOSED
        return Place(
            ticket=own if is_open else None,
            follows=None if is_open else own,
            is_proven=own in proven,
        )
    if by_token and by_token[0].category != Category.CLOSED and _may_join_by_token(inbound):
        return Place(ticket=by_token[0], is_proven=True, is_member=False)
    return Place(possibly=next(iter(hinted), None))


def _may_join_by_token(inbound: Inbound) -> bool:
    """Whoever holds a mail of ours may add to its ticket; but machines could be made to.

    A service that mails its codes to a ticket's address must not reach the people on it.
    """
    return not inbound.content.is_automatic or inbound.is_answer_of_machine


def _by_token(inbound: Inbound) -> list[Ticket]:
    ids = list(dict.fromkeys(token.ticket_id for token in inbound.tokens))
    return _in_order(ids) if ids else []


def _by_mail(inbound: Inbound) -> list[Ticket]:
    """Tickets with a mail that this one names, or that names this one or the same unknown one."""
    if not inbound.refs and not inbound.content.mail_id:
        return []
    named = Q(mail_id__in=inbound.refs) & ~Q(mail_id="")
    ids = [*inbound.refs, *filter(None, [inbound.content.mail_id])]
    since = inbound.at - MEET_WITHIN
    meets = Q(mail_refs__overlap=ids, at__gte=since, kind=Message.Kind.INBOUND)
    found = Message.objects.filter(named | meets).order_by("-at")
    return _in_order(list(dict.fromkeys(found.values_list("ticket_id", flat=True)[:MOST_HINTS])))


def _by_number(inbound: Inbound) -> list[Ticket]:
    if not inbound.numbers:
        return []
    return _standing(_tickets().filter(number__in=inbound.numbers))


def _in_order(ids: list[int]) -> list[Ticket]:
    found = _tickets().in_bulk(ids)
    return _standing(found[pk] for pk in ids if pk in found)


def _standing(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The tickets that have what was on these: a merged one's words are on another."""
    standing = []
    for ticket in tickets:
        while ticket.merged_into is not None:
            ticket = ticket.merged_into  # noqa: PLW2901
        standing.append(ticket)
    return list(dict.fromkeys(standing))


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("customer", "team", "merged_into__customer")


def _memberships(customer: Customer, tickets: list[Ticket]) -> set[int]:
    """The ids of the tickets somebody belongs to, as their customer or confirmed participant."""
    if not tickets:
        return set()
    mine = {ticket.pk for ticket in tickets if ticket.customer_id == customer.pk}
    others = [ticket.pk for ticket in tickets if ticket.pk not in mine]
    if not others:
        return mine
    joined = customer.participations.filter(ticket__in=others, is_confirmed=True)
    return mine | set(joined.values_list("ticket_id", flat=True))
