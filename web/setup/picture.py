"""What is drawn over the still of a camera, for those whose browser runs no script too."""

from collections.abc import Iterable, Iterator
from math import hypot

from markupsafe import Markup

from pipeline.setup import Drawing, Judged
from tracking.region import Point
from web.charts.svg import tag
from web.words import Words

WIDTH = 1000
"""Of the picture, in its own units."""
_SIDE = 46
_SIDEWAYS = 0.5
"""A name further to the side than this grows away from its line."""


def height_of(frame_size: tuple[int, int]) -> int:
    """Height of the picture, in its own units."""
    width, height = frame_size
    return max(1, round(WIDTH * height / width))


def shapes(drawing: Drawing, height: int) -> Markup:
    """Region, exclusions and line."""
    parts: list[Markup] = []
    if drawing.roi:
        parts.append(tag("polygon", points=_text(drawing.roi, height), class_="region"))
    parts += [tag("polygon", points=_text(one, height), class_="exclude") for one in drawing.exclude]
    if len(drawing.line) == 2:
        parts += _line(drawing, height)
    return tag("g", *parts, id="shapes")


def ways(judged: Iterable[Judged], height: int, words: Words) -> Markup:
    """Where everybody went, counted or not."""
    return tag("g", *(_way(one, height, words) for one in judged), id="ways")


def outcome(one: Judged, words: Words) -> str:
    """Whether somebody would be counted, and why not."""
    return words("would_count") if one.counted else words(f"uncounted_{one.reason}")


def _way(one: Judged, height: int, words: Words) -> Markup:
    kind = "counted" if one.counted else "uncounted"
    title = f"{one.start:%H:%M:%S}: {outcome(one, words)}"
    return tag("polyline", tag("title", title), points=_text(one.way, height), class_=f"way {kind}")


def _line(drawing: Drawing, height: int) -> Iterator[Markup]:
    (x1, y1), (x2, y2) = ((x * WIDTH, y * height) for x, y in drawing.line)
    yield tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="counting")
    length = hypot(x2 - x1, y2 - y1) or 1.0
    # To the right of the line, seen from its first to its second end.
    right = (-(y2 - y1) / length, (x2 - x1) / length)
    for name, sign in ((drawing.forward, 1), (drawing.backward, -1)):
        x = (x1 + x2) / 2 + sign * _SIDE * right[0]
        y = (y1 + y2) / 2 + sign * _SIDE * right[1]
        away = sign * right[0]
        anchor = "middle" if abs(away) < _SIDEWAYS else "start" if away > 0 else "end"
        yield tag("text", name, x=x, y=y + 6, class_=f"side {anchor}")


def _text(points: Iterable[Point], height: int) -> str:
    return " ".join(f"{x * WIDTH:.1f},{y * height:.1f}" for x, y in points)
