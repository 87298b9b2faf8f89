"""Charts drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string

from helpdesk.lib.plots import LinePlot, Mark, Words, line_plot
from helpdesk.lib.signals import chart_of_values
from helpdesk.templatetags.charts import bar, bars
from helpdesk.templatetags.pictures import sparkline

WORDS = Words(centre="mean 11", upper="limit 16", lower="limit 6")


def _marks(values: Sequence[float | None], *, partial: bool = False) -> list[Mark]:
    last = len(values) - 1
    return [
        Mark(
            label=f"week {i}", value=v, text=f"{v}", url=f"/w/{i}", is_partial=partial and i == last
        )
        for i, v in enumerate(values)
    ]


def _plot(values: Sequence[float | None], *, partial: bool = False) -> LinePlot:
    marks = _marks(values, partial=partial)
    full = values[:-1] if partial else values
    return line_plot(
        "k", "First reply", "By week.", marks, chart=chart_of_values(full), words=WORDS
    )


def _drawn(plot: LinePlot) -> str:
    return render_to_string("components/line_chart.html", {"plot": plot})


def test_a_week_without_data_is_a_gap_and_never_a_zero() -> None:
    plot = _plot([10.0, 12.0, None, 11.0, 12.0])

    assert [dot.mark.label for dot in plot.dots] == ["week 0", "week 1", "week 3", "week 4"]
    assert len(plot.line) == 2
    assert "no data" in _drawn(plot)


def test_the_highest_value_stands_on_top() -> None:
    plot = _plot([10.0, 30.0, 20.0])

    assert plot.dots[1].y < plot.dots[2].y < plot.dots[0].y


def test_a_week_that_is_not_over_is_hatched_and_not_judged() -> None:
    plot = _plot([10.0, 12.0] * 6 + [99.0], partial=True)

    assert len(plot.partial) == 1
    assert plot.line[-1].is_partial
    assert not plot.dots[-1].is_out
    assert "not over yet" in _drawn(plot)


def test_limits_are_drawn_from_twelve_weeks_on_and_what_is_outside_is_marked() -> None:
    few, enough = _plot([10.0, 12.0] * 5), _plot([10.0, 12.0] * 6 + [40.0])

    assert few.limits == ()
    assert [level.text for level in enough.limits] == ["limit 16", "limit 6"]
    assert [dot.mark.label for dot in enough.dots if dot.is_out] == ["week 12"]


def test_a_changed_definition_is_a_line_with_its_words() -> None:
    marks = _marks([10.0, 12.0, 11.0])
    html = _drawn(line_plot("k", "First reply", "", marks, changes=[(2, "counted anew")]))

    assert "chart-flag" in html
    assert "counted anew" in html


def test_every_point_leads_to_its_rows_and_stands_in_the_table() -> None:
    html = _drawn(_plot([10.0, 12.0, 11.0]))

    assert html.count('href="/w/1"') == 2
    assert "<title id=" in html
    assert "<desc id=" in html


def test_a_year_of_weeks_is_linked_from_the_table_alone() -> None:
    html = _drawn(_plot([10.0, 12.0] * 26))

    assert html.count('href="/w/1"') == 1


def test_a_series_without_any_data_draws_no_point() -> None:
    plot = _plot([None, None])

    assert plot.dots == ()
    assert plot.line == ()


def test_nothing_in_a_chart_has_a_style_of_its_own() -> None:
    assert "style=" not in _drawn(_plot([10.0, 12.0] * 6, partial=True))


def test_a_sparkline_breaks_where_a_week_has_no_data() -> None:
    html = sparkline([3.0] * 6 + [None] + [4.0] * 6, 2, 6)

    assert html.count("<polyline") == 2


def test_bars_are_as_long_as_their_share_of_the_longest() -> None:
    assert 'width="50%"' in bar(5, 10)
    assert bar(None, 10) == bar(0, 10) == ""
    assert bars([1, 0, 2], "By hour").count("<rect") == 3
