"""What stands on the pages of the set-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pipeline.configuration import Configuration
from pipeline.setup import Drawing, Judged
from web.charts.network import Flow, Place, draw_network
from web.setup.picture import height_of, outcome, shapes, ways
from web.words import Words

SPARE_CORNERS = 4
"""Empty rows at the end of each table, for those whose browser runs no script."""
SPARE_LINKS = 3


@dataclass(frozen=True, slots=True)
class Table:
    """The corners of a shape as a table.

    Attributes:
        key: Of its fields.
        title: What it is.
        kind: ``region``, ``exclude`` or ``line``.
        rows: x and y as text, empty ones at the end.
    """

    key: str
    title: str
    kind: str
    rows: tuple[tuple[str, str], ...]


def tables_of(drawing: Drawing, words: Words) -> list[Table]:
    """The tables of a drawing; one more exclusion than there are."""
    tables = [Table("roi", words("region"), "region", _rows(drawing.roi, SPARE_CORNERS))]
    for number, one in enumerate((*drawing.exclude, ())):
        title = words("exclusion", number=number + 1)
        tables.append(Table(f"ex{number}", title, "exclude", _rows(one, SPARE_CORNERS)))
    tables.append(Table("line", words("counting_line"), "line", _rows(drawing.line, 2 - len(drawing.line))))
    return tables


def camera_values(
    camera: str,
    frame_size: tuple[int, int],
    drawing: Drawing,
    judged: Sequence[Judged] | None,
    words: Words,
) -> Mapping[str, Any]:
    """What the template of a camera's page needs.

    Args:
        camera: Camera id.
        frame_size: Width and height of its frames, pixels.
        drawing: What is drawn, written or not.
        judged: What would be counted; None where nobody asked yet.
        words: Language.
    """
    height = height_of(frame_size)
    return {
        "camera": camera,
        "height": height,
        "still": f"/setup/still?{urlencode({'camera': camera})}",
        "shapes": shapes(drawing, height),
        "ways": ways(judged or (), height, words),
        "tables": tables_of(drawing, words),
        "drawing": drawing,
        "judged": None if judged is None else [_row(one, words) for one in judged],
        "counted": sum(one.counted for one in judged or ()),
    }


def network_values(configuration: Configuration, words: Words) -> Mapping[str, Any]:
    """What the template of the first page needs."""
    links = configuration.links or ()
    places = [
        Place(camera.id, camera.location, "", 1.0, camera.id, camera_address(camera.id, words))
        for camera in configuration.cameras
    ]
    flows = [Flow(one.from_camera, one.to_camera, 1, _window(one), _window(one)) for one in links]
    return {
        "configuration": configuration,
        "map": draw_network(words("map_of_links"), places, flows),
        "addresses": {one.id: camera_address(one.id, words) for one in configuration.cameras},
        "windows": [_window(one) for one in links],
        "spare": range(SPARE_LINKS),
    }


def camera_address(camera: str, words: Words) -> str:
    """Address of a camera's page, in the same language."""
    return f"/setup/camera?{urlencode({'camera': camera, 'lang': words.language})}"


def _window(link: Any) -> str:
    if link.distance_m is not None:
        return f"{link.distance_m:g} m"
    return f"{link.min_travel_s:g}–{link.max_travel_s:g} s"


def _rows(points: Sequence[Sequence[float]], spare: int) -> tuple[tuple[str, str], ...]:
    return (*((f"{x:g}", f"{y:g}") for x, y in points), *[("", "")] * spare)


def _row(one: Judged, words: Words) -> Mapping[str, str]:
    return {
        "time": f"{one.start:%H:%M:%S}–{one.end:%H:%M:%S}",
        "outcome": outcome(one, words),
        "direction": one.direction,
        "margin": words.number(one.margin, 1),
        "kind": "counted" if one.counted else "uncounted",
    }
