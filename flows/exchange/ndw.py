"""Bicycle counts as NDW's Dexter exports them: the columns of the Dutch road authorities."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flows.exchange.passages import Passages, csv_text, passages_of
from flows.statistics import CameraCount, CorrectedCameraCount, Site
from tracking.errors import UsageError

Ascending = Mapping[str, str]
"""Camera → the direction that is called ascending there; the key "" stands for every other camera."""

COLUMNS = (
    "locatiecode",
    "naam",
    "begintijd",
    "meetperiode",
    "gebruikte_minuten",
    "intensiteit_oplopend",
    "intensiteit_aflopend",
    "intensiteit_beide_richtingen",
    "betrouwbaarheid",
    "meetapparatuur",
    "uitgesloten",
    "breedtegraad",
    "lengtegraad",
)
"""Names of columns as Dexter's export has them."""

CORRECTED = (
    "intensiteit_beide_richtingen_gecorrigeerd",
    "gecorrigeerd_ondergrens",
    "gecorrigeerd_bovengrens",
    "gecorrigeerd_met_handtelling",
)
"""Columns of ours behind them, where corrected numbers are asked for: never in a column of Dexter's."""

_DEVICE = "camera"
_TWO = 2


def ndw_csv(
    rows: Sequence[CameraCount],
    site: Site,
    ascending: Ascending,
    corrected: Sequence[CorrectedCameraCount] | None = None,
) -> str:
    """Write the counts of a site, a line for each camera and interval.

    Times are local without an offset, as in Dexter: the hour that comes twice stands there twice. An interval
    of which nothing was watched has 0 used minutes and no number. Intensities are as the program
    counted them.

    Args:
        rows: Counts of one site.
        site: The site.
        ascending: Which direction is the ascending one; where it is not told, only the sum is given.
        corrected: The same counts corrected by spot checks, the directions of a camera together: adds four
            columns, empty where no check holds. None leaves them out.

    Raises:
        UsageError: A camera has not just the direction that is called ascending and one other.
    """
    lines = _lines(passages_of(rows), site, ascending)
    if corrected is None:
        return csv_text(COLUMNS, (line for _, line in lines))
    known = {(one.camera, one.interval_start): one for one in corrected}
    return csv_text((*COLUMNS, *CORRECTED), ((*line, *_corrected(known.get(place))) for place, line in lines))


def _corrected(one: CorrectedCameraCount | None) -> Sequence[object]:
    if one is None or one.expected is None:
        return (None,) * len(CORRECTED)
    return f"{one.expected:.1f}", f"{one.low:.0f}", f"{one.high:.0f}", one.checks


def _lines(
    passages: Sequence[Passages], site: Site, ascending: Ascending
) -> Iterator[tuple[tuple[str, datetime], Sequence[object]]]:
    """Camera and beginning, and what stands in the line."""
    places = {camera.name: camera.location or (None, None) for camera in site.cameras}
    pairs = {
        camera.name: _pair(camera.name, passages, ascending.get(camera.name, ascending.get("")))
        for camera in site.cameras
    }
    for one in passages:
        minutes = (one.end - one.start).total_seconds() / 60
        up, down = (one.directions.get(name) if name else None for name in pairs[one.camera])
        line = (
            f"{site.name}_{one.camera}",
            one.camera,
            one.start.astimezone(site.zone).strftime("%Y-%m-%d %H:%M:%S"),
            round(minutes),
            # A minute that was watched in part is not used.
            int(one.coverage * minutes + 1e-6),
            up,
            down,
            one.cyclists,
            None,
            _DEVICE,
            None,
            *places[one.camera],
        )
        yield (one.camera, one.start), line


def _pair(camera: str, passages: Sequence[Passages], ascending: str | None) -> tuple[str | None, str | None]:
    """The ascending direction of a camera and the other one."""
    if ascending is None:
        return None, None
    known = sorted({name for one in passages if one.camera == camera for name in one.directions})
    if len(known) != _TWO or ascending not in known:
        raise UsageError(
            f"--ascending {ascending}: camera '{camera}' has the directions {', '.join(known) or 'none'}; "
            f"ascending and descending need two, of which it is one: give --ascending {camera}=DIRECTION, or "
            "leave it out for the sum alone"
        )
    return ascending, next(name for name in known if name != ascending)
