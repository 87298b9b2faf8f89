"""Control charts: what is flagged, and how seldom chance is."""
# ruff: noqa: S311  dice, not secrets

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.lib.signals import (
    CHART_FROM,
    Chart,
    Side,
    Signal,
    chart_of_counts,
    chart_of_shares,
    chart_of_times,
    chart_of_values,
    strongest,
)

WEEKS = 13
values = st.lists(st.none() | st.floats(0, 1e6), max_size=60)
shares = st.lists(
    st.none() | st.integers(0, 50).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    max_size=60,
)


def _answers(dice: Random, *, n: int, share: float) -> tuple[int, int]:
    return sum(dice.random() < share for _ in range(n)), n


def test_the_limits_are_those_worked_out_by_hand() -> None:
    chart = chart_of_values([10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12])
    assert chart is not None
    assert chart.centre == 11
    assert chart.lower[0] == pytest.approx(11 - 2.66 * 2, abs=0.01)
    assert chart.upper[-1] == pytest.approx(11 + 2.66 * 2, abs=0.01)
    assert chart.signal is None


def test_eight_weeks_on_another_level_raise_one_signal() -> None:
    for seed in range(100):
        dice = Random(seed)
        level = [100.0] * 5 + [200.0] * 8
        chart = chart_of_values([dice.gauss(mean, 10) for mean in level])
        assert chart is not None
        assert chart.signal is not None
        assert (chart.signal.side, chart.signal.is_run) == (Side.ABOVE, True)
        assert (chart.signal.first, chart.signal.last) == (5, 12)


def test_eight_weeks_of_another_share_raise_one_signal() -> None:
    dice = Random(5)
    before = [_answers(dice, n=40, share=0.9) for _ in range(5)]
    after = [_answers(dice, n=40, share=0.4) for _ in range(8)]
    chart = chart_of_shares(before + after)
    assert chart is not None
    assert chart.signal is not None
    assert (chart.signal.side, chart.signal.is_run) == (Side.BELOW, True)


def test_random_weeks_hardly_ever_raise_one() -> None:
    dice = Random(11)
    charts: list[tuple[Callable[[Any], Chart | None], Callable[[], Any], float]] = [
        (chart_of_values, lambda: dice.gauss(100, 10), 0.05),
        (chart_of_times, lambda: dice.lognormvariate(8, 0.3), 0.05),
        (chart_of_counts, lambda: sum(dice.random() < 0.1 for _ in range(100)), 0.02),
        (chart_of_shares, lambda: _answers(dice, n=15, share=0.7), 0.02),
    ]
    for chart_of, week, at_most in charts:
        made = [chart_of([week() for _ in range(WEEKS)]) for _ in range(1500)]
        alarms = sum(chart is not None and chart.signal is not None for chart in made)
        assert alarms / len(made) <= at_most


def test_these_random_weeks_raise_none() -> None:
    dice = Random(3)
    made = [chart_of_values([dice.gauss(100, 10) for _ in range(WEEKS)]) for _ in range(5)]
    assert [chart.signal for chart in made if chart is not None] == [None] * 5


def test_one_week_far_out_is_a_signal_and_its_neighbour_the_same_one() -> None:
    usual = [50.0, 52, 49, 51, 50, 48, 52, 50, 51, 49]
    chart = chart_of_values([*usual, 90, 91, 50, 51])
    assert chart is not None
    assert [(s.side, s.first, s.last, s.is_run) for s in chart.signals] == [
        (Side.ABOVE, 10, 11, False)
    ]


def test_a_gap_neither_ends_a_run_nor_counts_as_a_week() -> None:
    high = [20.0, 21, 20, None, 21, 20, 21, 20, 21]
    chart = chart_of_values([10.0, 11, 10, 11, 10, *high])
    assert chart is not None
    assert chart.signal is not None
    assert (chart.signal.first, chart.signal.last) == (5, 13)
    assert chart.lower[8] is None


def test_below_twelve_weeks_with_data_nothing_is_drawn_or_flagged() -> None:
    assert chart_of_values([1.0] * (CHART_FROM - 1) + [None] * 9) is None
    assert chart_of_shares([(1, 2)] * (CHART_FROM - 1) + [(0, 0)] * 9) is None
    assert chart_of_counts([]) is None


def test_a_rare_thing_that_happens_once_is_no_signal() -> None:
    chart = chart_of_counts([0] * 12 + [1])
    assert chart is not None
    assert chart.signal is None


def test_two_answers_a_week_do_not_make_a_run() -> None:
    chart = chart_of_shares([(1, 2)] + [(2, 2)] * 10 + [(1, 2), (2, 2)])
    assert chart is not None
    assert chart.signal is None


def test_limits_of_a_week_with_more_answers_are_narrower() -> None:
    chart = chart_of_shares([(7, 10)] * 12 + [(70, 100)])
    assert chart is not None
    assert chart.lower[12] is not None
    assert chart.lower[0] is not None
    assert chart.lower[12] > chart.lower[0]


def test_at_most_the_strongest_few_are_flagged() -> None:
    signals = {str(i): Signal(Side.ABOVE, 0, 0, is_run=False, strength=float(i)) for i in range(5)}
    assert list(strongest({**signals, "none": None})) == ["4", "3", "2"]


@settings(deadline=None)
@given(values)
def test_limits_stand_around_the_centre_wherever_there_is_a_value(
    series: list[float | None],
) -> None:
    chart = chart_of_values(series)
    if chart is None:
        return
    for value, low, high in zip(chart.values, chart.lower, chart.upper, strict=True):
        assert (value is None) == (low is None) == (high is None)
        if low is not None and high is not None:
            assert low <= chart.centre <= high


@settings(deadline=None)
@given(values)
def test_a_series_upside_down_signals_the_other_side(series: list[float | None]) -> None:
    chart = chart_of_values(series)
    turned = chart_of_values([None if one is None else -one for one in series])
    if chart is None or turned is None:
        return
    spans = {(s.first, s.last, s.is_run) for s in chart.signals}
    assert spans == {(s.first, s.last, s.is_run) for s in turned.signals}


@settings(deadline=None)
@given(shares)
def test_limits_of_shares_stay_between_none_and_all(series: list[tuple[int, int] | None]) -> None:
    chart = chart_of_shares(series)
    if chart is None:
        return
    assert all(low is None or low >= 0 for low in chart.lower)
    assert all(high is None or high <= 1 for high in chart.upper)
    weeks = [i for signal in chart.signals for i in range(signal.first, signal.last + 1)]
    assert all(0 <= i < len(series) for i in weeks)
