"""Columns over time, or beside each other; what nobody watched is hatched, and never zero."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts.svg import LEFT, TOP, Plot, label_axis, picture, tag, ticks, value_axis

HEIGHT = 270
FULL = 0.995
"""From this coverage on an interval counts as watched whole."""


@dataclass(frozen=True, slots=True)
class Column:
    """One interval, or one place.

    Attributes:
        label: Below the axis.
        values: One for each series; empty where nothing is known.
        coverage: Observed part, 0..1.
        note: What a pointer shows.
    """

    label: str
    values: tuple[float, ...]
    coverage: float
    note: str


def draw_bars(
    title: str, columns: Sequence[Column], number: Callable[[float], str], beside: bool = False
) -> Markup:
    """Draw columns.

    Args:
        title: What they show.
        columns: From left to right.
        number: How a number is written.
        beside: The series stand beside each other, not on each other.
    """
    highest = max((max(c.values) if beside else sum(c.values) for c in columns if c.values), default=0)
    marks = ticks(highest)
    plot = Plot(HEIGHT, marks[-1])
    parts = [*value_axis(plot, marks, [number(mark) for mark in marks]), *_columns(plot, columns, beside)]
    parts += label_axis(plot, [column.label for column in columns])
    return picture(HEIGHT, "chart bars", title, *parts)


def _columns(plot: Plot, columns: Sequence[Column], beside: bool) -> Iterator[Markup]:
    step = plot.width / max(len(columns), 1)
    gap = step * 0.16 if beside else min(2.0, step * 0.15)
    for index, column in enumerate(columns):
        left = LEFT + step * index
        shapes = [tag("title", column.note)]
        shapes.append(tag("rect", x=left, y=TOP, width=step, height=plot.floor - TOP, class_="touch"))
        if column.coverage < FULL:
            shapes.append(_gap(plot, left, step, column.coverage))
        shapes += _bars(plot, left + gap / 2, step - gap, column.values, beside)
        yield tag("g", *shapes, class_="column")


def _gap(plot: Plot, left: float, step: float, coverage: float) -> Markup:
    """As much of the width as nobody watched."""
    width = max(step * (1 - coverage), min(step, 1.5))
    return tag("rect", x=left + step - width, y=TOP, width=width, height=plot.floor - TOP, class_="gap")


def _bars(plot: Plot, left: float, width: float, values: Sequence[float], beside: bool) -> Iterator[Markup]:
    share = width / max(len(values), 1) if beside else width
    foot = 0.0
    for series, value in enumerate(values):
        at = left + share * series if beside else left
        top = plot.y(value if beside else foot + value)
        low = plot.floor if beside else plot.y(foot)
        yield tag("rect", x=at, y=top, width=share, height=low - top, class_=f"bar s{series % 4}")
        foot += value
