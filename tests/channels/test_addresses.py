"""By which of our mailboxes a ticket is answered."""

import pytest

from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.channels.conftest import Keep, Read
from tests.channels.mails import mail
from tests.conftest import MONDAY_9AM, said
from tickets.channels.addresses import mailbox_of
from tickets.channels.models import Mailbox
from tickets.models import Message, Ticket
from tickets.operations import move_ticket, reply_to_ticket


@pytest.fixture
def boxes(workspace: None, support: Team, outsider: Agent) -> dict[str, Mailbox]:
    """The default mailbox, which is support's, and the one of the team Delivery."""
    rows = {"support": support, "delivery": outsider.teams.get()}
    return {
        name: Mailbox.objects.create(
            name=name, address=f"{name}@ours.example", team=team, is_default=name == "support"
        )
        for name, team in rows.items()
    }


def answer(message: Message, ana: Agent) -> Message:
    return reply_to_ticket(
        message.ticket, content=said("Yes."), by=Actor.agent(ana.pk), at=MONDAY_9AM
    )


def test_the_one_the_customer_wrote_to_answers_whoever_has_the_ticket_now(
    read: Read, boxes: dict[str, Mailbox], ana: Agent
) -> None:
    message = read(mail(to="support@ours.example"))
    by = Actor.system()
    move_ticket(message.ticket, team=boxes["delivery"].team, by=by, at=MONDAY_9AM)

    assert mailbox_of(message) == mailbox_of(answer(message, ana)) == boxes["support"]


def test_a_blind_copy_is_answered_by_the_mailbox_it_came_to(
    keep: Keep, boxes: dict[str, Mailbox], ana: Agent
) -> None:
    message = keep(mail(to="all@lists.example"), to=("delivery@ours.example",)).message

    assert message is not None
    assert mailbox_of(message) == mailbox_of(answer(message, ana)) == boxes["delivery"]


def test_mail_that_names_none_of_ours_is_answered_by_who_fetched_it(
    keep: Keep, boxes: dict[str, Mailbox]
) -> None:
    arrival = keep(mail(to="all@lists.example"))
    arrival.mailbox = boxes["delivery"]
    arrival.save(update_fields=["mailbox"])

    assert arrival.message is not None
    assert mailbox_of(arrival.message) == boxes["delivery"]


def test_what_came_by_no_mailbox_is_answered_by_the_teams_else_by_the_default(
    ticket: Ticket, boxes: dict[str, Mailbox]
) -> None:
    message = ticket.messages.get()
    assert mailbox_of(message) == boxes["support"]

    ticket.team_id = boxes["delivery"].team_id
    ticket.save(update_fields=["team"])
    assert mailbox_of(ticket.messages.get()) == boxes["delivery"]

    Mailbox.objects.filter(name="delivery").update(is_active=False)
    assert mailbox_of(ticket.messages.get()) == boxes["support"]
