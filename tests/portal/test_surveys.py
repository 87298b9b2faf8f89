"""A customer's pages of a survey: looking stores nothing, sending stores once."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.feedback.models import Rating
from tests.feedback.conftest import DAY, csat, invited, planned, token_of
from tickets.feedback.models import Answer, Invitation, ReviewPlace, SurveyWords

__all__ = ["csat", "invited", "planned"]
STAMP = re.compile(r'name="stamp" value="([^"]+)"')


@pytest.fixture
def link(invited: Invitation) -> str:
    """Kofi's own link, of a mail that went out just now."""
    now = timezone.now()
    Invitation.objects.update(sent_at=now, expires_at=now + 30 * DAY)
    cache.clear()
    return f"/s/{token_of(invited)}"


def opened(client: Client, link: str) -> str:
    """Open a page; returns its stamp."""
    found = STAMP.search(client.get(link).content.decode())
    assert found is not None
    return found[1]


def sent(client: Client, link: str, **answers: str) -> str:
    given = {"score": "2", "stamp": opened(client, link)} | answers
    response = client.post(link, given)
    return response["Location"] if response.status_code == 302 else response.content.decode()


def test_opening_the_links_of_a_mail_stores_nothing(client: Client, link: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        for score in range(1, 6):
            assert client.get(f"{link}?r={score}").status_code == 200
            assert client.head(f"{link}?r={score}").status_code == 200

    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert not Answer.objects.exists()
    assert not client.cookies


def test_the_score_of_the_link_is_chosen(client: Client, link: str) -> None:
    page = client.get(f"{link}?r=2").content.decode()
    (chosen,) = re.findall(r'<input[^>]* value="(\d)"[^>]* checked>', page)
    assert chosen == "2"
    assert "checked" not in client.get(f"{link}?r=9").content.decode()
    assert "checked" not in client.get(f"{link}?r=%C2%B2").content.decode()


def test_an_answer_is_stored_once_and_thanked_for(client: Client, link: str) -> None:
    page = opened(client, f"{link}?r=2")
    given = {"score": "2", "solved": "not_yet", "repeated": "more", "comment": "x", "stamp": page}
    for _ in range(2):
        thanks = client.post(link, given, follow=True)
        assert "Thank you" in thanks.content.decode()

    answer = Answer.objects.get()
    assert (answer.score, answer.solved, answer.repeated, answer.stands) == (
        2, "not_yet", "more", True,
    )  # fmt: skip
    assert "change your answer" in thanks.content.decode()


def test_what_is_missing_is_said_and_the_rest_kept(client: Client, link: str) -> None:
    page = opened(client, link)
    response = client.post(link, {"comment": "Long story", "stamp": page})
    assert response.status_code == 422
    assert "Choose one of the answers." in response.content.decode()
    assert "Long story" in response.content.decode()
    assert "open for too long" in sent(client, link, stamp="forged")
    assert not Answer.objects.exists()


def test_a_scanner_that_sends_the_form_too_is_quarantined_and_kofi_is_not(
    client: Client, link: str
) -> None:
    scanned = [opened(client, f"{link}?r={score}") for score in range(1, 6)]
    client.post(link, {"score": "3", "stamp": scanned[2]})
    assert Answer.objects.quarantined().count() == 1
    assert not Rating.objects.exists()

    cache.clear()  # a person comes later than the moments that are remembered
    Answer.objects.update(at=timezone.now() - DAY)
    sent(client, f"{link}?r=2")
    assert Rating.objects.get().score == 2


def test_an_answer_comes_back_to_be_changed_for_a_week(client: Client, link: str) -> None:
    sent(client, link, comment="At first")
    page = client.get(link).content.decode()
    assert "At first" in page
    assert "You can change your answer until" in page

    Answer.objects.update(at=timezone.now() - 8 * DAY)
    page = client.get(link).content.decode()
    assert "that time is over" in page
    assert "<textarea" not in page


def test_a_forged_or_old_link_says_what_to_do(client: Client, link: str) -> None:
    forged = client.get(f"{link[:-2]}zz")
    assert forged.status_code == 404
    assert "Open it from our mail once more" in forged.content.decode()

    Invitation.objects.update(expires_at=timezone.now() - DAY)
    assert client.get(link).status_code == 410
    assert not Answer.objects.exists()


@pytest.mark.parametrize("score", ["1", "5"])
def test_everybody_is_offered_the_same_review_page(client: Client, link: str, score: str) -> None:
    ReviewPlace.objects.create(name="Kettle Forum", url="https://forum.example/kettles")
    thanks = sent(client, link, score=score)
    assert f"{link}/review" in client.get(thanks).content.decode()
    page = client.get(f"{link}/review").content.decode()
    assert "https://forum.example/kettles" in page
    assert "Write to us" in page


def test_looking_at_stopping_stops_nothing(client: Client, link: str, invited: Invitation) -> None:
    assert "Stop sending me surveys" in client.get(f"{link}/stop").content.decode()
    assert not invited.customer.consents.exists()
    client.post(f"{link}/stop")
    assert invited.customer.consents.get().withdrawn_at is not None


def test_our_own_words_are_used_in_their_language(
    client: Client, link: str, invited: Invitation
) -> None:
    labels = ["mies", "schlecht", "geht so", "gut", "super"]
    words = {"question": "Wie war es?", "labels": labels, "thanks": "Danke!"}
    SurveyWords.objects.create(survey=invited.survey, language="de", **words)
    Invitation.objects.update(language="de-at")
    assert "Wie war es?" in client.get(link).content.decode()
    assert "2 schlecht" in client.get(link).content.decode()
    assert "Danke!" in client.get(sent(client, link)).content.decode()
