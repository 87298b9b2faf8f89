"""Public reviews: kept once however they come, answered in the open, by supervisors."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.feedback.errors import UnreadableReviews
from tickets.feedback.models import PublicReview
from tickets.feedback.reviews import NewReview, answer_review, import_reviews, record_review

BY = Actor.system()
PAGE = "/desk/insights/reviews"
TABLE = "at,author,score,text,id\n2026-03-01,Noor,4,Good kettle,1\n2026-03-02,Ali,,Meh,2\n"


@pytest.fixture
def supervisor(client: Client, ines: Agent) -> Client:
    client.force_login(ines)
    return client


def review(**fields: Any) -> NewReview:
    known: dict[str, Any] = {
        "source": "forum",
        "at": MONDAY_9AM,
        "author": "Noor",
        "text": "Good",
        "score": 4,
    }
    return NewReview(**(known | fields))


def test_a_review_told_twice_is_one_in_its_newest_words(ines: Agent) -> None:
    first, is_new = record_review(review(external_id="7"), by=BY)
    assert is_new
    by = Actor.agent(ines.pk)
    answer_review(first, state="answered", reply="Thank you", by=by, at=MONDAY_9AM)
    again, is_new = record_review(review(external_id="7", text="Less good", score=2), by=BY)
    assert (is_new, again.pk, again.score) == (False, first.pk, 2)
    again.refresh_from_db()
    assert (again.reply, again.replied_by) == ("Thank you", ines)


def test_without_an_id_the_same_words_are_the_same_review(db: None) -> None:
    record_review(review(), by=BY)
    record_review(review(), by=BY)
    record_review(review(text="Other"), by=BY)
    assert PublicReview.objects.count() == 2


def test_a_table_is_kept_once_or_refused_whole(db: None) -> None:
    assert import_reviews(TABLE.encode(), source="forum", by=BY) == 2
    assert import_reviews(TABLE.replace(",", ";").encode(), source="forum", by=BY) == 0
    for broken in ("author\nx\n", f"{TABLE}never,Eve,5,x,3\n", f"{TABLE}2026-03-03,Eve,9,x,3\n"):
        with pytest.raises(UnreadableReviews):
            import_reviews(broken.encode(), source="forum", by=BY)
    with pytest.raises(UnreadableReviews):
        import_reviews(b"\xff\xfe\x00", source="forum", by=BY)
    assert PublicReview.objects.count() == 2


def test_a_supervisor_copies_uploads_and_answers(supervisor: Client) -> None:
    given = {"source": "forum", "at": "2026-03-01", "author": "Noor", "score": 4, "text": "Good"}
    pasted = {f"review-{name}": value for name, value in given.items()}
    assert supervisor.post(f"{PAGE}/paste", pasted).status_code == 302
    table = SimpleUploadedFile("r.csv", TABLE.encode(), "text/csv")
    sent = {"table-source": "shop", "table-table": table}
    assert supervisor.post(f"{PAGE}/upload", sent).status_code == 302
    assert PublicReview.objects.count() == 3

    one = PublicReview.objects.get(source="forum")
    supervisor.post(f"{PAGE}/{one.pk}/reply", {"state": "answered", "reply": "Thank you"})
    assert "Thank you" in supervisor.get(PAGE).content.decode()
    left = supervisor.get(f"{PAGE}?which=open").content.decode()
    assert "Thank you" not in left
    assert "Meh" in left


def test_what_cannot_be_read_is_said_in_place(supervisor: Client) -> None:
    table = SimpleUploadedFile("r.csv", b"author\nx\n", "text/csv")
    answer = supervisor.post(f"{PAGE}/upload", {"table-source": "s", "table-table": table})
    assert answer.status_code == 422
    assert "There is no column" in answer.content.decode()
    assert supervisor.post(f"{PAGE}/paste", {"review-source": "s"}).status_code == 422


def test_programs_push_reviews_with_a_supervisors_token(
    client: Client, ines: Agent, ana: Agent
) -> None:
    told = {"source": "forum", "external_id": "7", "at": "2026-03-01T10:00:00Z", "score": 5}
    push: Callable[[], Any] = lambda: client.post(  # noqa: E731
        "/api/v1/reviews/", told, content_type="application/json"
    )
    client.force_login(ines)
    assert [push().status_code, push().status_code] == [201, 200]
    assert client.get("/api/v1/reviews/").json()["results"][0]["external_id"] == "7"
    client.force_login(ana)
    assert push().status_code == 403
    assert client.get("/api/v1/reviews/").status_code == 403
