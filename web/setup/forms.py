"""Reading the forms of the set-up."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from starlette.requests import Request

from pipeline.setup import Drawing, LinkEdit, Network
from tracking.errors import UsageError
from tracking.region import Point
from web.words import Words

LARGEST = 262_144
"""Bytes of a form."""

Fields = Mapping[str, Sequence[str]]

BOTH_WAYS = "both"
"""Value of a link that is wanted in both directions."""


async def read_fields(request: Request) -> Fields:
    """The fields of a form, each with all its values; none where it is larger than any of ours."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return {}
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


def first(fields: Fields, name: str, otherwise: str = "") -> str:
    """The first value of a field, without the spaces around it."""
    values = fields.get(name) or [otherwise]
    return values[0].strip()


def drawing_in(fields: Fields, words: Words) -> Drawing:
    """The shapes of a form; rows without a number are none.

    Raises:
        UsageError: Something is no number, or half of a point is missing.
    """
    numbers = sorted({int(name[2:-2]) for name in fields if name.startswith("ex") and name[2:-2].isdecimal()})
    excluded = (_points(fields, f"ex{number}", words) for number in numbers)
    return Drawing(
        _points(fields, "roi", words),
        tuple(one for one in excluded if one),
        _points(fields, "line", words),
        first(fields, "forward") or "in",
        first(fields, "backward") or "out",
    )


def network_in(fields: Fields, cameras: Sequence[str], words: Words) -> Network:
    """The places and links of a form.

    Raises:
        UsageError: Something is no number, or half of a place or link is missing.
    """
    locations: dict[str, Point | None] = {}
    for number, camera in enumerate(cameras):
        pair = (first(fields, f"lat{number}"), first(fields, f"lon{number}"))
        if any(pair) and not all(pair):
            raise UsageError(words("half_place", name=camera))
        locations[camera] = (_number(pair[0], words), _number(pair[1], words)) if all(pair) else None
    known = [
        LinkEdit(int(number), distance_m=_optional(first(fields, f"distance{number}"), words))
        for number in fields.get("link", ())
        if number.isdecimal() and number not in fields.get("drop", ())
    ]
    dropped = [LinkEdit(int(number), drop=True) for number in fields.get("drop", ()) if number.isdecimal()]
    return Network(locations, (*known, *dropped, *_new_links(fields, words)))


def _new_links(fields: Fields, words: Words) -> list[LinkEdit]:
    columns = [fields.get(name, ()) for name in ("from", "to", "metres", "ways")]
    links = []
    for origin, destination, metres, ways in zip(*columns, strict=False):
        if not (origin or destination or metres.strip()):
            continue
        if not (origin and destination and metres.strip()):
            raise UsageError(words("half_link"))
        distance = _number(metres, words)
        links.append(LinkEdit(None, origin, destination, distance))
        if ways == BOTH_WAYS:
            links.append(LinkEdit(None, destination, origin, distance))
    return links


def _points(fields: Fields, key: str, words: Words) -> tuple[Point, ...]:
    points = []
    for x, y in zip(fields.get(f"{key}-x", ()), fields.get(f"{key}-y", ()), strict=False):
        if x.strip() and y.strip():
            points.append((round(_number(x, words), 4), round(_number(y, words), 4)))
        elif x.strip() or y.strip():
            raise UsageError(words("half_point"))
    return tuple(points)


def _optional(text: str, words: Words) -> float | None:
    return _number(text, words) if text.strip() else None


def _number(text: str, words: Words) -> float:
    """A number, with a point or a comma."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise UsageError(words("no_number", text=text.strip()[:40])) from None
