"""Elements of a picture, with everything in them escaped."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 900
"""Width of every picture, in its own units."""

LEFT, RIGHT, TOP, BOTTOM = 56, 8, 14, 30
"""Margins of a chart with axes: numbers to the left, labels below."""

LABELS = 12
"""At most so many labels along an axis."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The part of a chart inside its axes.

    Attributes:
        height: Of the whole picture.
        top: Value at the upper edge; the lower one is zero.
    """

    height: float
    top: float

    @property
    def floor(self) -> float:
        """The y of zero."""
        return self.height - BOTTOM

    @property
    def width(self) -> float:
        """From the left axis to the right edge."""
        return WIDTH - LEFT - RIGHT

    def y(self, value: float) -> float:
        """Where a value lies."""
        return self.floor - (self.floor - TOP) * value / self.top


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Write an element.

    Args:
        name: Of the element.
        children: Text is escaped, elements are not.
        attributes: ``class_`` is ``class``, ``stroke_width`` is ``stroke-width``; None leaves one out.
    """
    told = "".join(
        f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None
    )
    inner = "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    return Markup(f"<{name}{told}>{inner}</{name}>")


def picture(height: float, kind: str, title: str, *parts: Markup) -> Markup:
    """Put a picture together, with a name for those who cannot see it; the page holds the pattern of gaps.

    Args:
        height: In the picture's units; it is `WIDTH` wide.
        kind: Class for the style sheet.
        title: What it shows.
        parts: Its elements.
    """
    return tag(
        "svg",
        tag("title", title),
        *parts,
        viewBox=f"0 0 {WIDTH} {height:g}",
        # What is in an image cannot be followed.
        role="group" if any("<a " in part for part in parts) else "img",
        class_=kind,
        xmlns="http://www.w3.org/2000/svg",
    )


def ticks(most: float, about: int = 4) -> list[float]:
    """Round numbers from zero to at least `most`."""
    if most < 1e-9:
        return [0.0, 1.0]
    rough = most / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return [step * index for index in range(math.ceil(most / step - 1e-9) + 1)]


TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
"""Round numbers of seconds."""


def time_ticks(most_s: float, about: int = 4) -> list[float]:
    """Round times from zero to at least `most_s`, seconds."""
    step = next((one for one in TIME_STEPS_S if one * about >= most_s), None)
    if step is None:
        return ticks(most_s, about)
    return [float(step * index) for index in range(max(math.ceil(most_s / step), 1) + 1)]


def value_axis(plot: Plot, marks: Sequence[float], text: Sequence[str]) -> Iterator[Markup]:
    """Lines and numbers of the left axis.

    Args:
        plot: Where they stand.
        marks: Values.
        text: What to write beside each.
    """
    for mark, words in zip(marks, text, strict=True):
        y = plot.y(mark)
        yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid")
        yield tag("text", words, x=LEFT - 6, y=y + 4, class_="value")


def label_axis(plot: Plot, labels: Sequence[str]) -> Iterator[Markup]:
    """Labels below the columns, as many as there is room for; a column without one gets none."""
    step = plot.width / max(len(labels), 1)
    named = [index for index, label in enumerate(labels) if label]
    longest = max((len(labels[index]) for index in named), default=1)
    room = max(1, min(LABELS, int(plot.width / (longest * 8 + 12))))
    for index in named[:: max(math.ceil(len(named) / room), 1)]:
        at = LEFT + step * (index + 0.5)
        yield tag("text", labels[index], x=at, y=plot.height - 10, class_="label")


def shortened(text: str, most: int) -> str:
    """A name that fits; the whole one stands in the title and in the table."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value) if isinstance(value, int) else str(escape(value))
