"""The numbers are no surer than their n allows: the checked values of METRICS 5.5."""

import pytest

from helpdesk.accounts.models import Agent
from tests.feedback.conftest import ASKED, DAY
from tests.feedback.test_answering import answer
from tickets.feedback.models import Invitation
from tickets.feedback.numbers import (
    asked_since,
    feedback_numbers,
    mean_interval,
    nps_interval,
    show_ces,
    show_csat,
    show_nps,
    t_quantile,
)


@pytest.mark.parametrize(
    ("counts", "raw", "centre", "half"),
    [((10, 4, 20), 30, 26, 32), ((50, 20, 100), 30, 29, 15), ((250, 100, 500), 30, 30, 7)],
)
def test_nps_has_the_adjusted_wald_interval(
    counts: tuple[int, int, int], raw: int, centre: int, half: int
) -> None:
    score, low, high = nps_interval(*counts)
    assert round(score) == raw
    assert round((low + high) / 2) == centre
    assert round((high - low) / 2) == half


def test_two_promoters_of_two_are_not_sure() -> None:
    _raw, low, high = nps_interval(2, 0, 2)
    assert (round(low), round(high)) == (-24, 100)


@pytest.mark.parametrize(("freedom", "t"), [(9, 2.262), (19, 2.093), (29, 2.045), (99, 1.984)])
def test_students_t_is_right_to_three_digits(freedom: int, t: float) -> None:
    assert t_quantile(freedom) == pytest.approx(t, abs=0.0006)


def test_a_mean_has_its_t_interval() -> None:
    middle, low, high = mean_interval([5, 6, 7, 4, 5, 6, 7, 3, 5, 6])
    assert (middle, round(low, 2), round(high, 2)) == (5.4, 4.5, 6.3)


def test_few_answers_are_shown_one_by_one_and_none_is_never_zero() -> None:
    assert show_csat([]) == show_ces([]) == show_nps([]) == "No answers yet"
    assert show_csat([5, 2]) == "5, 2"
    assert show_nps([10, 9]) == "10, 9"
    assert show_ces([7] * 9) == ", ".join(["7"] * 9)
    assert "%" not in show_csat([5] * 8 + [1])
    assert show_nps([10] * 4 + [3]) == "4 promoters, 1 detractors of 5"


def test_from_ten_on_there_is_a_number_with_its_interval() -> None:
    assert show_csat([5] * 9 + [1]).startswith("90 % (60 to 98 %, n 10)")
    assert show_nps([10] * 10 + [8] * 6 + [0] * 4).startswith("+30 (-6 … +58)")
    assert show_ces([5, 6, 7, 4, 5, 6, 7, 3, 5, 6]).startswith("mean 5.4 (4.5 to 6.3)")


def test_answered_of_delivered_stands_beside_every_number(invited: Invitation, ines: Agent) -> None:
    since = ASKED - DAY
    assert asked_since(Invitation.objects.all(), since=since).words.endswith("none delivered")
    assert invited.message is not None
    type(invited.message).objects.filter(pk=invited.message.pk).update(delivery="sent")
    answer(invited, 4, repeated="no")

    numbers = {number.key: number for number in feedback_numbers(ines, since=since)}
    assert (numbers["csat5"].text, numbers["csat5"].n) == ("4", 1)
    assert "1 of 1" in numbers["csat5"].note
    assert numbers["repeated"].text == "1 of 1"
    assert numbers["solved"].text == "Nobody answered this yet"


def test_quarantined_answers_are_in_no_number(invited: Invitation, ines: Agent) -> None:
    answer(invited, 1, is_scanned=True)
    assert all(number.n == 0 for number in feedback_numbers(ines, since=ASKED - DAY))
