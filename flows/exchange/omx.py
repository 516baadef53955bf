"""O-D matrices as OMX (open matrix, HDF5), which PTV Visum, EMME, Cube, TransCAD and Aimsun read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from flows.statistics import OdCount, Site, figures_of
from tracking.arrays import FloatArray
from tracking.errors import UsageError

ZONES = "zone"
"""Name of the lookup table: zone 1, 2, … of the cameras by name."""


def write_omx(rows: Sequence[OdCount], site: Site, path: Path) -> None:
    """Write a matrix of cyclists and one of coverage for each interval.

    A cell without a number is NaN: nobody watched, nobody rode, or it is withheld. Where nothing is withheld,
    a pair that was watched and that nobody rode is 0. The names of the cameras stand in the attribute
    ``cameras`` of the lookup table.

    Args:
        rows: The O-D matrix of one site.
        site: The site.
        path: File to write.

    Raises:
        UsageError: The package openmatrix is not installed.
        OSError: The file cannot be written.
    """
    if find_spec("openmatrix") is None:
        raise UsageError(
            "pipeline export omx: needs openmatrix, which the extra brings; "
            'run `pip install "fietsflow[omx]"`'
        )
    import openmatrix

    names = [camera.name for camera in site.cameras]
    with openmatrix.open_file(str(path), "w") as file:
        for start, end, ones in _by_interval(rows):
            at = start.strftime("%Y%m%dT%H%MZ")
            told = {
                key: moment.astimezone(site.zone).isoformat()
                for key, moment in (("start", start), ("end", end))
            }
            cyclists, coverage = _matrices(ones, names, site.min_count)
            file.create_matrix(f"cyclists_{at}", obj=cyclists, attrs=told)
            file.create_matrix(f"coverage_{at}", obj=coverage, attrs=told)
        file.create_mapping(ZONES, list(range(1, len(names) + 1)))
        file.root.lookup[ZONES].attrs["cameras"] = np.array([name.encode() for name in names])
        file.root._v_attrs["site"] = np.bytes_(site.name.encode())
        file.root._v_attrs["figures"] = np.bytes_(figures_of(OdCount).encode())
        file.root._v_attrs["min_count"] = np.int32(site.min_count)


def _by_interval(rows: Sequence[OdCount]) -> Iterable[tuple[datetime, datetime, list[OdCount]]]:
    found: dict[tuple[datetime, datetime], list[OdCount]] = {}
    for row in rows:
        found.setdefault((row.interval_start, row.interval_end), []).append(row)
    return ((start, end, ones) for (start, end), ones in sorted(found.items()))


def _matrices(rows: Sequence[OdCount], names: Sequence[str], min_count: int) -> tuple[FloatArray, FloatArray]:
    """Cyclists and coverage, (C, C) each; coverage is NaN where the matrix has no row."""
    places = {name: at for at, name in enumerate(names)}
    # Without a row both ends were watched and nobody rode, unless something is withheld.
    cyclists = np.full((len(names), len(names)), 0.0 if min_count == 1 else np.nan)
    coverage = np.full_like(cyclists, np.nan)
    for row in rows:
        cell = places[row.origin], places[row.destination]
        cyclists[cell] = np.nan if row.cyclists is None else row.cyclists
        coverage[cell] = row.coverage
    return cyclists, coverage
