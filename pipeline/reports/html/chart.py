"""Line charts as inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from tracking.arrays import FloatArray

WIDTH, HEIGHT = 440, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 34, 46
_COLOURS = ("#1f6f8b", "#d1495b", "#7a9e3a", "#8a6fb0")
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart.

    Attributes:
        name: What the legend calls it.
        x: (N,) values to the right.
        y: (N,) values upwards.
        points: Draw points, not a line.
    """

    name: str
    x: Sequence[float] | FloatArray
    y: Sequence[float] | FloatArray
    points: bool = False


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def line_chart(title: str, across: str, upwards: str, lines: Sequence[Line], zero: bool = True) -> str:
    """Draw lines over common axes.

    Args:
        title: Above the chart.
        across: What the horizontal axis measures.
        upwards: What the vertical axis measures.
        lines: At least one with at least one point.
        zero: Let the vertical axis begin at 0.
    """
    x_ticks = ticks(*_range([line.x for line in lines]))
    low, high = _range([line.y for line in lines])
    y_ticks = ticks(min(low, 0.0) if zero else low, high)
    x = _Scale(x_ticks[0], x_ticks[-1], _LEFT, WIDTH - _RIGHT)
    y = _Scale(y_ticks[0], y_ticks[-1], HEIGHT - _BOTTOM, _TOP)
    label = escape(f"{title}: {upwards} over {across}")
    middle = (_LEFT + WIDTH) / 2
    parts = [
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}">',
        f'<text x="{_LEFT}" y="14" font-weight="600">{escape(title)}</text>',
        *(_grid_line(x, y, tick) for tick in y_ticks),
        *(_text(x(tick), HEIGHT - _BOTTOM + 16, f"{tick:g}") for tick in x_ticks),
        _text(middle, HEIGHT - 10, across),
        f'<g transform="translate(13 {HEIGHT / 2}) rotate(-90)">{_text(0, 0, upwards)}</g>',
        *(_draw(line, number, x, y) for number, line in enumerate(lines)),
        *(_legend(line, number) for number, line in enumerate(lines)),
        "</svg>",
    ]
    return "".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Four to nine round numbers around a range."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** np.floor(np.log10(span / 4))
    step = max(one * power for one in _STEPS if one * power <= span / 4 * (1 + 1e-9))
    first, last = np.floor(low / step + 1e-9), np.ceil(max(high, low + span * 1e-9) / step - 1e-9)
    return [round(float(number * step), 10) for number in np.arange(first, max(last, first + 1) + 1)]


def _range(values: Sequence[Sequence[float] | FloatArray]) -> tuple[float, float]:
    every = np.concatenate([np.asarray(one, np.float64) for one in values])
    return float(every.min()), float(every.max())


def _grid_line(x: _Scale, y: _Scale, tick: float) -> str:
    at = f"{y(tick):.1f}"
    return (
        f'<line x1="{x.start}" x2="{x.end}" y1="{at}" y2="{at}" stroke="#dfe5ec"/>'
        f'<text x="{_LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>'
    )


def _draw(line: Line, number: int, x: _Scale, y: _Scale) -> str:
    colour = _COLOURS[number % len(_COLOURS)]
    places = [(f"{x(float(a)):.1f}", f"{y(float(b)):.1f}") for a, b in zip(line.x, line.y, strict=True)]
    if line.points:
        dots = (f'<circle cx="{a}" cy="{b}" r="3" fill="{colour}" fill-opacity=".6"/>' for a, b in places)
        return "".join(dots)
    way = " ".join(f"{a},{b}" for a, b in places)
    dashes = _DASHES[number % len(_DASHES)]
    looks = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
    return f'<polyline points="{way}" {looks}/>'


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'


def _legend(line: Line, number: int) -> str:
    at = _LEFT + number * 120
    colour = _COLOURS[number % len(_COLOURS)]
    return (
        f'<rect x="{at}" y="20" width="10" height="10" fill="{colour}"/>'
        f'<text x="{at + 14}" y="29">{escape(line.name)}</text>'
    )
