"""Supervisors set surveys at the desk: when, whom, in which words; every change is kept."""

from typing import Any

import pytest
from django.test import Client

from helpdesk.accounts.models import Agent
from tickets.feedback.models import Survey, SurveyWords

LIST = "/desk/settings/surveys"


@pytest.fixture
def head(client: Client, ines: Agent) -> Client:
    client.force_login(ines)
    return client


@pytest.fixture
def csat(db: None) -> Survey:
    """The CSAT survey that comes with Beforehand, turned off."""
    return Survey.objects.get_or_create(name="After a ticket (CSAT)", scale="csat5")[0]


def filled(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Quick question",
        "scale": "csat5",
        "event": "solved",
        "delay_hours": "2",
        "after_days": "90",
        "share": "50",
        "cap_days": "30",
        "language": "",
        "asks_solved": "on",
    } | changed


def test_a_survey_is_turned_on_and_off_and_who_did_it_is_kept(
    head: Client, csat: Survey, ines: Agent
) -> None:
    url = f"{LIST}/{csat.pk}/switch"
    head.post(url, {"to": "on"})
    head.post(url, {"to": "on"})
    csat.refresh_from_db()
    assert csat.is_active
    assert "Turn off" in head.get(LIST).content.decode()

    head.post(url, {"to": "off"})

    assert [(row.agent, row.new) for row in csat.changes.order_by("pk")] == [
        (ines, {"is_active": True}),
        (ines, {"is_active": False}),
    ]
    assert "Active: from “yes” to “no”" in head.get(f"{LIST}/{csat.pk}").content.decode()


def test_a_survey_is_made_and_changed_but_keeps_its_question(head: Client, db: None) -> None:
    head.post(f"{LIST}/new", filled())
    made = Survey.objects.get(name="Quick question")
    assert (made.delay_hours, made.share, made.is_active, made.asks_repeated) == (
        2, 50, False, False,
    )  # fmt: skip

    head.post(f"{LIST}/{made.pk}", filled(share="25", scale="ces7"))

    made.refresh_from_db()
    assert (made.share, made.scale) == (25, "csat5")
    assert made.changes.order_by("-pk")[0].old == {"share": 50}


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"scale": "nps11"}, 422, "not after each ticket"),
        ({"name": "After a ticket (CSAT)"}, 409, "Choose another name"),
        ({"share": "0"}, 422, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    head: Client, csat: Survey, changed: dict[str, str], status: int, words: str
) -> None:
    answer = head.post(f"{LIST}/new", filled(**changed))

    assert answer.status_code == status
    assert words in answer.content.decode()
    assert not Survey.objects.filter(name="Quick question").exists()


def test_a_preview_shows_the_words_of_a_language_and_our_own_replace_them(
    head: Client, csat: Survey
) -> None:
    url = f"{LIST}/{csat.pk}/in/fr"
    page = head.get(url).content.decode()
    assert "5 Très bien" in page
    assert "Ne plus recevoir ces enquêtes" in page

    own = {"question": "Ça va ?", "labels": "un\ndeux\ntrois\nquatre\ncinq", "thanks": ""}
    head.post(url, own)
    assert "5 cinq" in head.get(url).content.decode()
    assert head.post(url, own | {"labels": "un\ndeux"}).status_code == 409

    head.post(url, own | {"question": "", "labels": ""})
    assert not SurveyWords.objects.filter(survey=csat).exists()
    assert csat.changes.count() == 2


def test_a_language_without_a_mail_says_so(head: Client, csat: Survey) -> None:
    assert head.get(f"{LIST}/{csat.pk}?language=SV")["Location"] == f"{LIST}/{csat.pk}/in/sv"

    page = head.get(f"{LIST}/{csat.pk}/in/sv").content.decode()

    assert "no words for the mail in this language yet" in page
    assert head.get(f"{LIST}/{csat.pk}/in/..").status_code == 404
