"""Which edge of a simulated road network a direction of a camera is."""

import csv
from collections.abc import Mapping
from pathlib import Path

from tracking.errors import UsageError

EdgeOf = Mapping[tuple[str, str], str]
"""(camera, direction) → id of an edge."""

_COLUMNS = ("camera", "direction", "edge")


def read_edges(path: Path) -> EdgeOf:
    """Read a table with the columns camera, direction and edge.

    Raises:
        UsageError: It cannot be read, or is none of these.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    found: dict[tuple[str, str], str] = {}
    for number, line in enumerate(lines, start=2):
        fields = [(line.get(name) or "").strip() for name in _COLUMNS]
        if not all(fields):
            raise UsageError(f"{path}, line {number}: needs camera, direction and edge; see the first line")
        camera, direction, edge = fields
        found[camera, direction] = edge
    if not found:
        raise UsageError(f"{path}: holds no edge; write a line camera,direction,edge and one for each edge")
    return found
