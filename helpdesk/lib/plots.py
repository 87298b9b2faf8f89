"""Where the parts of a chart stand. Across in per cent, down in pixels: charts stretch with their
page while words and points keep their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from helpdesk.lib.signals import Chart

# The plot's edges: room for points on both sides, for words above, and for the weeks below.
LEFT, RIGHT, WHOLE = 2.0, 98.0, 100.0
TOP, BOTTOM, HEIGHT = 24, 156, 184
AXIS_LABELS = 4
LINKED_UP_TO = 27


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One week (or month) of a series: its name, its value, and how that is said.

    `value` is None where there is no data: a gap. `note` says how much it stands on, `url` leads
    to the rows. One that is not over yet is `is_partial`.
    """

    label: str
    value: float | None
    text: str = ""
    note: str = ""
    url: str = ""
    is_partial: bool = False


@dataclass(frozen=True)
class Dot:
    """A mark where it is drawn. `is_out` of the limits; `label` only where one fits below."""

    mark: Mark
    x: float
    y: float
    is_out: bool
    label: str


@dataclass(frozen=True)
class Stroke:
    x1: float
    y1: float
    x2: float
    y2: float
    is_partial: bool = False


@dataclass(frozen=True)
class Column:
    """A bar, the hatched ground of what is not over, or the band between the limits of a week."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Level:
    """A line across the plot with words: the centre, or a limit."""

    y: float
    text: str
    strokes: tuple[Stroke, ...] = ()


@dataclass(frozen=True)
class Flag:
    """A vertical line where something was changed, with words."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True)
class LinePlot:
    """A series as a line, with its limits. `marks` are all weeks, for the table below."""

    key: str
    title: str
    desc: str
    marks: tuple[Mark, ...]
    dots: tuple[Dot, ...]
    line: tuple[Stroke, ...]
    partial: tuple[Column, ...]
    levels: tuple[Level, ...] = ()
    limits: tuple[Level, ...] = ()
    flags: tuple[Flag, ...] = field(default=())

    @property
    def height(self) -> int:
        return HEIGHT

    @property
    def floor(self) -> int:
        return BOTTOM

    @property
    def baseline(self) -> int:
        return HEIGHT - 8

    @property
    def is_linked(self) -> bool:
        """Whether the points are wide enough apart to be pressed; the table always links."""
        return len(self.marks) < LINKED_UP_TO


@dataclass(frozen=True)
class Words:
    """What is said of the levels of a plot: the centre line and both limits."""

    centre: str
    upper: str
    lower: str


def line_plot(
    key: str,
    title: str,
    desc: str,
    marks: Sequence[Mark],
    *,
    chart: Chart | None = None,
    words: Words | None = None,
    changes: Sequence[tuple[int, str]] = (),
) -> LinePlot:
    """Lay out a series. `key` is unique on the page.

    `chart` holds the limits of its first weeks, those that are over; `words` says them.
    `changes` are (index of the first week after it, words).
    """
    scale = _Scale(marks, chart)
    dots = tuple(
        Dot(mark, scale.x(i), scale.y(mark.value), _is_out(chart, i), _label(marks, i))
        for i, mark in enumerate(marks)
        if mark.value is not None
    )
    line = tuple(
        Stroke(scale.x(i), scale.y(a.value), scale.x(i + 1), scale.y(b.value), b.is_partial)
        for i, (a, b) in enumerate(pairwise(marks))
        if a.value is not None and b.value is not None
    )
    half = scale.step / 2
    partial = tuple(
        Column(start, TOP, round(min(WHOLE, scale.x(i) + half) - start, 2), BOTTOM - TOP)
        for i, mark in enumerate(marks)
        if mark.is_partial
        for start in [round(max(0, scale.x(i) - half), 2)]
    )
    flags = tuple(_flag(scale, at, text) for at, text in changes)
    levels, limits = _levels(scale, chart, words)
    return LinePlot(key, title, desc, tuple(marks), dots, line, partial, levels, limits, flags)


class _Scale:
    """From weeks and values to the plot."""

    def __init__(self, marks: Sequence[Mark], chart: Chart | None) -> None:
        limits = (*chart.lower, *chart.upper, chart.centre) if chart else ()
        all_values = [*(mark.value for mark in marks), *limits]
        known = [value for value in all_values if value is not None] or [0.0]
        self.low, self.high = min(known), max(known)
        self.step = (RIGHT - LEFT) / max(1, len(marks) - 1)

    def x(self, index: float) -> float:
        return round(LEFT + index * self.step, 2)

    def y(self, value: float) -> float:
        if self.high == self.low:
            return (TOP + BOTTOM) / 2
        return round(BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP), 1)


def _label(marks: Sequence[Mark], index: int) -> str:
    """The first, the last, and a few between, counted from the last."""
    every = max(1, (len(marks) - 1) // AXIS_LABELS)
    from_end = len(marks) - 1 - index
    return marks[index].label if from_end % every == 0 else ""


def _is_out(chart: Chart | None, index: int) -> bool:
    if chart is None or index >= len(chart.values):
        return False
    value, low, high = chart.values[index], chart.lower[index], chart.upper[index]
    return value is not None and low is not None and high is not None and not low <= value <= high


def _levels(
    scale: _Scale, chart: Chart | None, words: Words | None
) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    """The centre line, and the limits as steps, since a week has its own."""
    if chart is None or words is None:
        return (), ()
    limits = tuple(
        Level(steps[-1].y2, text, steps)
        for text, side in ((words.upper, chart.upper), (words.lower, chart.lower))
        if (steps := _steps(scale, side))
    )
    return (Level(scale.y(chart.centre), words.centre),), limits


def _steps(scale: _Scale, side: Sequence[float | None]) -> tuple[Stroke, ...]:
    half = scale.step / 2
    strokes = []
    for i, value in enumerate(side):
        if value is None:
            continue
        y, start, end = scale.y(value), scale.x(i) - half, scale.x(i) + half
        strokes.append(Stroke(round(max(0, start), 2), y, round(min(WHOLE, end), 2), y))
    return tuple(strokes)


def _flag(scale: _Scale, at: int, text: str) -> Flag:
    x = scale.x(at - 0.5)
    middle = (LEFT + RIGHT) / 2
    return Flag(x, text, "start" if x < middle else "end")
