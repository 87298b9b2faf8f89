from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from helpdesk.accounts.models import Agent
from tickets.briefing.briefing import brief
from tickets.briefing.items import Briefing
from tickets.models import BusinessCalendar, Message, Ticket

NOW = datetime(2026, 5, 14, 10, 0, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def harbour(workspace: None) -> None:
    call_command("seed_harbour", now=NOW.isoformat(), verbosity=0)


def briefing_of(number: int, email: str) -> Briefing:
    ticket = Ticket.objects.select_related("customer__organisation", "status").get(number=number)
    return brief(ticket, agent=Agent.objects.get(email=email), at=NOW)


def test_maya_waits_for_a_reply_by_thirteen_forty_one(harbour: None) -> None:
    ticket = Ticket.objects.get(number=1192)

    assert ticket.reply_due_at == datetime(2026, 5, 14, 12, 41, tzinfo=UTC)
    assert ticket.assignee == Agent.objects.get(email="priya@harbour.example")
    assert ticket.contact_number == 3
    assert BusinessCalendar.objects.count() == 1


def test_the_briefing_states_the_third_contact_and_the_late_promise(harbour: None) -> None:
    briefing = briefing_of(1192, "priya@harbour.example")

    words = " ".join(item.text for item in briefing.headline)
    assert words == (
        "Looks like the 3rd contact about “Charged twice for order A-1042” in 21 days."
        " Refund promised for 12 May — 2 days overdue."
    )
    who = [item.text for item in briefing.identity]
    assert who[0] == "Maya Okafor (MY-ah oh-KAH-for)"
    assert "Toronto 05:00 🌙 (night)" in who
    assert "knows Tom" in who
    assert [item.text for item in briefing.promised] == [
        "12 May refund — overdue 2 days",
        "24 Apr receipt — kept",
    ]
    assert {item.text for item in briefing.known} >= {"order number A-1042", "amount £64.90"}


def test_every_line_of_the_briefing_has_evidence(harbour: None) -> None:
    briefing = briefing_of(1192, "priya@harbour.example")

    assert all(source.url for item in briefing.lines for source in item.sources)
    assert all(item.sources for item in briefing.lines)


def test_last_contacts_tell_status_owner_and_rating(harbour: None) -> None:
    contacts = briefing_of(1192, "priya@harbour.example").contacts

    told = [(c.number, c.status, c.owner, c.rating) for c in contacts]
    assert told == [
        (1180, "Closed", "Priya Shah", 2),
        (1171, "Solved", "Tom Becker", 4),
        (1133, "Solved", "Tom Becker", None),
    ]


def test_an_agent_of_another_team_learns_only_how_much_is_hidden(harbour: None) -> None:
    briefing = briefing_of(1192, "raj@harbour.example")

    assert briefing.contacts == ()
    assert briefing.hidden_contacts == 4
    assert not briefing.promised


def test_nothing_of_the_story_waits_to_be_sent(harbour: None) -> None:
    assert not Message.objects.exclude(delivery__in=("", "sent")).exists()


def test_the_demo_refuses_a_database_with_agents(harbour: None) -> None:
    with pytest.raises(CommandError, match="empty database"):
        call_command("seed_harbour")


def test_a_background_of_any_size_leaves_the_storys_numbers_alone(workspace: None) -> None:
    call_command("seed_harbour", now=NOW.isoformat(), background=70, verbosity=0)

    assert Ticket.objects.filter(number__gt=1192).count() == 70
    assert Ticket.objects.get(number=1192).subject == "Money back"
