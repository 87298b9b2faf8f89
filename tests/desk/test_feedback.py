"""The feedback page, and what a bad answer leaves on its ticket."""

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent
from tests.feedback.conftest import DAY, csat, invited, planned
from tests.feedback.test_answering import answer
from tickets.feedback.models import Answer, Invitation, Recovery
from tickets.models import Ticket

__all__ = ["csat", "invited", "planned"]
PAGE = "/desk/insights/feedback"


@pytest.fixture
def asked(invited: Invitation) -> Invitation:
    """Kofi was asked just now."""
    now = timezone.now()
    Invitation.objects.update(sent_at=now, expires_at=now + 30 * DAY)
    invited.refresh_from_db()
    return invited


def text(client: Client, path: str = PAGE) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_bad_answer_suggests_reopening_and_a_call_on_its_ticket(
    desk: Client, asked: Invitation, ticket: Ticket, ana: Agent
) -> None:
    url = ticket.get_absolute_url()
    assert "bad-answer" not in text(desk, url)
    answer(asked, 2, solved="not_yet", comment="Same code again", at=timezone.now())
    page = text(desk, url)
    assert "Same code again" in page
    assert "They are not done: reopen it?" in page
    assert "Ana Silva calls them back" in page


def test_a_call_is_closed_with_how_it_ended(
    desk: Client, asked: Invitation, ticket: Ticket, ana: Agent
) -> None:
    answer(asked, 1, at=timezone.now())
    recovery = Recovery.objects.get()
    url = f"/desk/insights/recoveries/{recovery.pk}/close"
    done = {"outcome": "recovered", "note": "Sent a code by post", "from": "ticket"}
    assert desk.post(url, done)["Location"] == ticket.get_absolute_url()
    assert desk.post(url, done).status_code == 302
    assert desk.post(url, done | {"outcome": "needless"}).status_code == 409
    recovery.refresh_from_db()
    assert (recovery.outcome, recovery.closed_by) == ("recovered", ana)
    assert "Sent a code by post" in text(desk, f"{PAGE}?which=called")
    assert "bad-answer" not in text(desk, ticket.get_absolute_url())


def test_the_list_narrows_by_what_is_owed_and_by_question(desk: Client, asked: Invitation) -> None:
    answer(asked, 2, reasons=("waiting",), comment="Too slow", at=timezone.now())
    shown = ("which=mine", "which=calls", "scale=csat5", "reason=waiting", "which=nonsense")
    hidden = ("which=held", "which=called", "scale=ces7", "reason=tone")
    assert all("Too slow" in text(desk, f"{PAGE}?{query}") for query in shown)
    assert not any("Too slow" in text(desk, f"{PAGE}?{query}") for query in hidden)


def test_only_a_supervisor_lets_what_was_held_back_count(
    client: Client, asked: Invitation, ana: Agent, ines: Agent
) -> None:
    held = answer(asked, 1, is_scanned=True, at=timezone.now())
    client.force_login(ana)
    url = f"{PAGE}/{held.pk}/release"
    assert client.post(url).status_code == 403
    assert "count it" not in text(client, f"{PAGE}?which=held")

    client.force_login(ines)
    assert "count it" in text(client, f"{PAGE}?which=held")
    client.post(url)
    assert Answer.objects.standing().get() == held
    assert client.post(url).status_code == 409


def test_answers_of_other_teams_are_not_shown(
    client: Client, asked: Invitation, outsider: Agent
) -> None:
    answer(asked, 2, comment="Secret", at=timezone.now())
    client.force_login(outsider)
    page = text(client)
    assert "Secret" not in page
    assert "No answers yet" in page


def test_the_trademark_is_named(desk: Client, db: None) -> None:
    assert "registered trademarks of Bain" in text(desk)
