"""Travel times with what lies around their middle: median and percentiles; a gap stays a gap."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts.svg import LEFT, TOP, Plot, label_axis, picture, tag, time_ticks, value_axis

HEIGHT = 290


@dataclass(frozen=True, slots=True)
class Spread:
    """One interval.

    Attributes:
        label: Below the axis.
        middle: Seconds; None where nothing is told.
        low: Lower edge of the band, seconds.
        high: Upper edge of the band, seconds.
        watched: Whether both ends were watched at all.
        note: What a pointer shows.
    """

    label: str
    middle: float | None
    low: float
    high: float
    watched: bool
    note: str


def draw_ranges(title: str, spreads: Sequence[Spread], number: Callable[[float], str]) -> Markup:
    """Draw a line in a band.

    Args:
        title: What it shows.
        spreads: From left to right.
        number: How a value is written.
    """
    marks = time_ticks(max((one.high for one in spreads if one.middle is not None), default=0))
    plot = Plot(HEIGHT, marks[-1])
    parts = list(value_axis(plot, marks, [number(mark) for mark in marks]))
    step = plot.width / max(len(spreads), 1)
    for index, one in enumerate(spreads):
        if not one.watched:
            shape = {"x": LEFT + step * index, "y": TOP, "width": step, "height": plot.floor - TOP}
            parts.append(tag("rect", tag("title", one.note), class_="gap", **shape))
    for run in _runs(spreads):
        parts += _run(plot, step, run)
    parts += label_axis(plot, [one.label for one in spreads])
    return picture(HEIGHT, "chart ranges", title, *parts)


def _runs(spreads: Sequence[Spread]) -> Iterator[list[tuple[int, Spread]]]:
    """Stretches without a gap."""
    run: list[tuple[int, Spread]] = []
    for index, one in enumerate(spreads):
        if one.middle is not None:
            run.append((index, one))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _run(plot: Plot, step: float, run: Sequence[tuple[int, Spread]]) -> Iterator[Markup]:
    def x(index: int) -> float:
        return LEFT + step * (index + 0.5)

    upper = [f"{x(index):.1f},{plot.y(one.high):.1f}" for index, one in run]
    lower = [f"{x(index):.1f},{plot.y(one.low):.1f}" for index, one in reversed(run)]
    middle = [f"{x(index):.1f},{plot.y(one.middle or 0):.1f}" for index, one in run]
    yield tag("polygon", points=" ".join(upper + lower), class_="band")
    yield tag("polyline", points=" ".join(middle), class_="middle")
    for index, one in run:
        at = {"cx": x(index), "cy": plot.y(one.middle or 0)}
        yield tag("line", x1=x(index), x2=x(index), y1=plot.y(one.low), y2=plot.y(one.high), class_="whisker")
        yield tag("circle", tag("title", one.note), r=3 if len(run) < 80 else 1.5, class_="dot", **at)
