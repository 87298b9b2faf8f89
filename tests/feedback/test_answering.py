"""An answer is stored once, may be changed for a week, and a machine's counts for nothing."""

from typing import Any

import pytest

from customers.feedback.models import Rating
from customers.models import Customer, Touchpoint
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.feedback.conftest import ASKED, DAY, HOUR, survey
from tickets.feedback.answering import Said, answer_survey, release_answer, stop_surveys
from tickets.feedback.errors import AnswerFinal, NotOnScale, SurveyExpired
from tickets.feedback.inviting import plan_relationship, send_invitation
from tickets.feedback.leaving_out import why_left_out
from tickets.feedback.models import Answer, Invitation, Recovery
from tickets.feedback.recovering import close_recovery
from tickets.models import Ticket, TicketEvent
from tickets.operations import reply_to_ticket

MORNING = ASKED + 16 * HOUR


def answer(
    invitation: Invitation, score: int, *, page: str = "", at: Any = MORNING, **said: Any
) -> Answer:
    page = page or f"{score}-{at:%d%H%M%S}"
    is_scanned = said.pop("is_scanned", False)
    return answer_survey(
        invitation, said=Said(score=score, **said), page=page, is_scanned=is_scanned, at=at
    )


def rows(*models: Any) -> list[int]:
    return [model.objects.count() for model in models]


def test_an_answer_is_a_rating_on_the_timeline_for_who_replied(
    invited: Invitation, ana: Agent, ticket: Ticket
) -> None:
    given = answer(invited, 2, solved="not_yet", repeated="more", comment="Still the old code")

    rating = Rating.objects.get()
    assert (rating.score, rating.agent, rating.solved) == (2, ana, "not_yet")
    moment = Touchpoint.objects.get(kind="rating")
    assert (moment.title, moment.text) == ("2", "Still the old code")
    assert list(given.credited.all()) == [ana]
    assert ticket.events.get(kind=TicketEvent.Kind.RATED).new["of"] == 5


def test_credit_goes_to_all_who_replied_in_the_cycle(
    planned: Invitation, ticket: Ticket, ana: Agent, tom: Agent
) -> None:
    by, at = Actor.agent(tom.pk), MONDAY_9AM + HOUR
    reply_to_ticket(ticket, content=said("One more thing"), by=by, at=at)
    later = TicketEvent.objects.filter(kind="replied").latest("pk")
    Invitation.objects.update(event_id=later.pk)
    sent = send_invitation(Invitation.objects.get(), at=ASKED)

    assert set(answer(sent, 5).credited.all()) == {ana, tom}
    assert Rating.objects.get().agent == tom


def test_the_same_page_sent_twice_is_one_answer(invited: Invitation) -> None:
    answer(invited, 4, page="p")
    answer(invited, 4, page="p", at=MORNING + HOUR)

    assert rows(Answer, Rating, Touchpoint) == [1, 1, Touchpoint.objects.count()]
    assert Touchpoint.objects.filter(kind="rating").count() == 1


def test_the_last_answer_within_a_week_counts_and_what_was_said_before_is_kept(
    invited: Invitation,
) -> None:
    answer(invited, 2)
    answer(invited, 5, at=MORNING + 6 * DAY, comment="Now it works")

    assert rows(Answer, Rating) == [2, 1]
    assert Answer.objects.get(stands=True).score == 5
    assert Touchpoint.objects.get(kind="rating").title == "5"
    with pytest.raises(AnswerFinal):
        answer(invited, 1, at=MORNING + 8 * DAY)


def test_after_a_month_nothing_is_stored(invited: Invitation) -> None:
    with pytest.raises(SurveyExpired):
        answer(invited, 5, at=ASKED + 31 * DAY)
    with pytest.raises(NotOnScale):
        answer(invited, 6)
    assert not Answer.objects.exists()


def test_what_a_scanner_sent_counts_only_once_it_is_released(
    invited: Invitation, ines: Agent
) -> None:
    held = answer(invited, 1, is_scanned=True)
    assert rows(Rating, Recovery) == [0, 0]
    assert list(Answer.objects.quarantined()) == [held]

    release_answer(held, by=Actor.agent(ines.pk), at=MORNING + HOUR)
    assert rows(Rating, Recovery) == [1, 1]
    assert Answer.objects.standing().get() == held
    assert not Answer.objects.quarantined().exists()


def test_different_answers_within_seconds_are_taken_back_and_a_persons_counts(
    invited: Invitation,
) -> None:
    for score in range(1, 6):
        answer(invited, score)
    assert rows(Answer, Rating, Recovery) == [5, 0, 0]
    assert not Touchpoint.objects.filter(kind="rating").exists()

    answer(invited, 4, at=MORNING + HOUR)
    assert Rating.objects.get().score == 4


def test_a_released_answer_does_not_overrule_what_the_person_said_since(
    invited: Invitation, ines: Agent
) -> None:
    held = answer(invited, 1, is_scanned=True)
    answer(invited, 5, at=MORNING + HOUR)
    release_answer(held, by=Actor.agent(ines.pk), at=MORNING + 2 * HOUR)
    assert Rating.objects.get().score == 5


def test_a_bad_answer_asks_its_owner_to_call_by_the_next_working_day(
    invited: Invitation, ana: Agent
) -> None:
    answer(invited, 2)

    recovery = Recovery.objects.get()
    assert recovery.owner == ana
    assert recovery.due_at.date().isoformat() == "2026-03-04"
    by = Actor.agent(ana.pk)
    closed = close_recovery(recovery, outcome="recovered", note="New code", by=by, at=MORNING)
    assert (closed.outcome, closed.closed_by) == ("recovered", ana)


@pytest.mark.parametrize(
    ("said", "is_bad"),
    [({"solved": "came_back"}, True), ({"repeated": "more"}, True), ({"repeated": "once"}, False)],
)
def test_a_good_score_can_be_a_bad_answer(
    invited: Invitation, said: dict[str, str], *, is_bad: bool
) -> None:
    answer(invited, 5, **said)
    assert Recovery.objects.exists() is is_bad


def test_a_changed_mind_needs_no_call(invited: Invitation) -> None:
    answer(invited, 1)
    answer(invited, 5, at=MORNING + HOUR)
    assert not Recovery.objects.exists()


def test_scales_are_not_mixed(ticket: Ticket, invited: Invitation, kofi: Customer) -> None:
    survey("nps11", event="first_contact", after_days=30)
    plan_relationship(at=MONDAY_9AM + 40 * DAY)
    nps = Invitation.objects.exclude(pk=invited.pk).get()
    sent = send_invitation(nps, at=MONDAY_9AM + 40 * DAY)
    answer(sent, 9, at=MONDAY_9AM + 41 * DAY)

    assert Rating.objects.get().scale == "nps11"
    assert Touchpoint.objects.get(kind="rating").title == "NPS 9/10"
    data = kofi.cx_summary.data["ratings"]
    assert (data["n"], data["last_nps"]) == (0, 9)


def test_who_stops_surveys_gets_none(planned: Invitation, kofi: Customer) -> None:
    stop_surveys(kofi, evidence="link", at=MONDAY_9AM)
    stop_surveys(kofi, evidence="link", at=MONDAY_9AM + HOUR)
    assert kofi.consents.count() == 1
    assert why_left_out(planned, at=ASKED) == "opted_out"
