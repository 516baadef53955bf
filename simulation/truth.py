"""The truth as files that other programs read."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from simulation.passages import Passage
from simulation.recorder import Recorder
from simulation.tracks import Track
from simulation.world import FURNITURE, World

_SPAN = ("start", "end", "start_epoch_s", "end_epoch_s")
_PASSAGE_COLUMNS = (
    "rider", "camera", "enter", "exit", "enter_epoch_s", "exit_epoch_s", "direction", "frames", "recorded",
    "journey", "position",
)  # fmt: skip
Row = Sequence[str | int | float]


def stamp(world: World, seconds: float) -> tuple[str, str]:
    """A moment as ISO 8601 text in UTC with microseconds, and as seconds since the epoch.

    Args:
        world: Whose recording.
        seconds: Seconds after its start.
    """
    moment = world.start.astimezone(UTC) + timedelta(microseconds=round(seconds * 1e6))
    since = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), f"{since // 10**6}.{since % 10**6:06d}"


def write_boxes(path: Path, tracks: Iterable[Track], frames: int) -> None:
    """Write one camera's boxes in the format of the MOT Challenge.

    Columns: frame (from 1), identity, left, top, width, height, confidence (1), class, visible share.

    Args:
        path: Text file.
        tracks: Exact boxes of everybody.
        frames: Number of frames, in all of which is written what stands.
    """
    rows: list[tuple[int, int, str]] = []
    for track in tracks:
        actor = track.visit.actor
        if actor.kind in FURNITURE:
            continue
        repeats = range(1 if track.visit.heading else frames)
        for frame, box, share in zip(track.frames, track.boxes, track.visible, strict=True):
            if share <= 0:
                continue
            left, top, right, bottom = (float(value) for value in box)
            place = f"{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f}"
            rest = f"{actor.identity},{place},1,{actor.kind.mot_class},{share:.3f}"
            rows += [(frame + later, actor.identity, f"{frame + later + 1},{rest}") for later in repeats]
    rows.sort()
    path.write_text("".join(line + "\n" for _, _, line in rows), encoding="utf-8")


def write_tables(folder: Path, world: World, journeys: list[tuple[Passage, ...]]) -> None:
    """Write passages, journeys, O-D matrix, travel times and classes.

    Args:
        folder: Where to.
        world: What happened.
        journeys: Journeys with their passages.
    """
    _write_passages(folder / "passages.csv", world, journeys)
    _write_journeys(folder / "journeys.csv", world, journeys)
    _write_od(folder / "od.csv", world, journeys)
    _write_travel_times(folder / "travel_times.csv", world, journeys)
    actors = {v.actor.identity: v.actor for v in world.visits if v.actor.kind not in FURNITURE}
    _table(
        folder / "classes.csv",
        ("identity", "class", "mot_class"),
        ((i, actors[i].kind.value, actors[i].kind.mot_class) for i in sorted(actors)),
    )


def _write_passages(path: Path, world: World, journeys: list[tuple[Passage, ...]]) -> None:
    names = world.network.names
    numbered = [(p, index, at) for index, j in enumerate(journeys, 1) for at, p in enumerate(j, 1)]
    numbered.sort(key=lambda row: (row[0].enter_s, row[0].camera, row[0].rider))
    _table(
        path,
        _PASSAGE_COLUMNS,
        (
            (
                p.rider, names[p.camera], *_span(world, p.enter_s, p.exit_s), p.direction,
                p.frames, p.recorded, index, at,
            )
            for p, index, at in numbered
        ),
    )  # fmt: skip


def _write_journeys(path: Path, world: World, journeys: list[tuple[Passage, ...]]) -> None:
    names = world.network.names
    _table(
        path,
        ("journey", "rider", "route", "origin", "destination", "cameras", *_SPAN),
        (
            (
                index, j[0].rider, ">".join(names[p.camera] for p in j), names[j[0].camera],
                names[j[-1].camera], len(j), *_span(world, j[0].enter_s, j[-1].enter_s),
            )
            for index, j in enumerate(journeys, 1)
        ),
    )  # fmt: skip


def _write_od(path: Path, world: World, journeys: list[tuple[Passage, ...]]) -> None:
    """One row for each ordered pair of cameras; riders seen once belong to no cell."""
    names = world.network.names
    cells = Counter((j[0].camera, j[-1].camera) for j in journeys if len(j) > 1)
    pairs = [(a, b) for a in range(len(names)) for b in range(len(names)) if a != b or cells[a, b]]
    _table(path, ("origin", "destination", "cyclists"), ((names[a], names[b], cells[a, b]) for a, b in pairs))


def _write_travel_times(path: Path, world: World, journeys: list[tuple[Passage, ...]]) -> None:
    """One row for each ordered pair of a journey's cameras; time from entering to entering."""
    names = world.network.names
    _table(
        path,
        ("journey", "rider", "origin", "destination", "between", "travel_s", *_SPAN),
        (
            (
                index, a.rider, names[a.camera], names[b.camera], to - at - 1, f"{b.enter_s - a.enter_s:.6f}",
                *_span(world, a.enter_s, b.enter_s),
            )
            for index, journey in enumerate(journeys, 1)
            for (at, a), (to, b) in combinations(enumerate(journey), 2)
        ),
    )  # fmt: skip


def write_outages(path: Path, world: World, recorders: Sequence[Recorder]) -> None:
    """Write when cameras recorded nothing."""
    _table(
        path,
        ("camera", *_SPAN),
        (
            (name, *_span(world, *outage))
            for name, recorder in zip(world.network.names, recorders, strict=True)
            for outage in recorder.outages
        ),
    )


def write_parameters(path: Path, parameters: dict[str, Any]) -> None:
    """Write what the simulation was asked for."""
    path.write_text(json.dumps(parameters, indent=2, sort_keys=True, default=_plain) + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return [round(float(v), 6) for v in value.ravel()]
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def _span(world: World, first_s: float, last_s: float) -> tuple[str, str, str, str]:
    (first, first_epoch), (last, last_epoch) = stamp(world, first_s), stamp(world, last_s)
    return first, last, first_epoch, last_epoch


def _table(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
