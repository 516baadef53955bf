"""What the whole chain counts of each kind of vehicle: cargo bicycles, tandems, e-scooters, mopeds, others.

The scenario ``mixed_vehicles`` is rendered once for each seed; each chain runs over the same videos and tells
the boxes of whom it counted, which are held against everybody who really passed. What is done is kept. Run:

    python -m benchmarks.vehicle_kinds OUT --seed 48 --seed 49 --write docs/understand/scenarios.md
    python -m benchmarks.vehicle_kinds OUT --seed 48 --seed 49 --chain learnt --set rider.judge.by=learnt
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.marked_page import renew, table
from benchmarks.scenarios import Plan, prepare, recording_of
from pipeline.configuration import load_configuration, parse_assignments
from pipeline.runner import run_site
from simulation import Recording
from simulation.passages import find_passages
from simulation.tracks import watch
from simulation.world import CYCLISTS, Kind
from tracking.boxes import iou_matrix
from tracking.errors import UsageError
from tracking.mot import IdentifiedBoxes, read_prediction, read_truth

SCENARIO = "mixed_vehicles"
KINDS = (*CYCLISTS, Kind.E_SCOOTER, Kind.MOPED, Kind.SCOOTER, Kind.PEDESTRIAN)
NOBODY = "nobody"
SAME, MOST = 0.3, 0.5
"""Overlap (IoU) from which a box shows somebody, and share of a track's boxes from which the track does."""
HEADINGS = ("kind", "counts as", "passages", "of them counted", "counted again", "speed", "over 3.2")
FAST = 3.2
"""Own heights per second, about 20 km/h across the view: what a limit of speed would do."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind.

    Attributes:
        kind: Value of `simulation.world.Kind`, or `NOBODY`: what the chain counted where nobody passed.
        passages: How many really passed.
        counted: How many of them were counted, once or several times.
        again: Tracks counted beyond one for each.
        speeds: Of the counted tracks, own heights per second.
    """

    kind: str
    passages: int
    counted: int
    again: int
    speeds: tuple[float, ...] = ()

    def cells(self) -> tuple[str, ...]:
        """One row, in the order of `HEADINGS`."""
        worth = "1" if self.kind in {kind.value for kind in CYCLISTS} else "0"
        slow, fast = np.quantile(self.speeds, (0.1, 0.9)) if self.speeds else (0.0, 0.0)
        speed = f"{slow:.1f}–{fast:.1f}" if self.counted else "–"
        over = str(sum(one > FAST for one in self.speeds))
        return self.kind, worth, str(self.passages), str(self.counted), str(self.again), speed, over


@dataclass(frozen=True, slots=True)
class Shown:
    """A counted track.

    Attributes:
        who: Identity on whom most of its boxes lie, None where on nobody.
        speed: From its first box to its last, own heights per second.
    """

    who: int | None
    speed: float = 0.0


def who_passed(recording: Recording, number: int) -> dict[int, Kind]:
    """Identities and kinds of everybody who passed through the region of a camera."""
    camera, times = recording.camera(number), recording.recorder(number).times_s
    tracks = list(watch(recording.world.at(number), camera, times))
    return {
        passage.rider: kind
        for kind in KINDS
        for passage in find_passages(
            tracks, number, camera, times_s=recording.times(), recorded_s=times, kinds=(kind,)
        )
    }


def who_is_shown(counted: IdentifiedBoxes, true: IdentifiedBoxes, fps: float) -> list[Shown]:
    """Say of each counted track on whom most of its boxes lie.

    Args:
        counted: Boxes of the tracks that were counted at one camera.
        true: Boxes of everybody there.
        fps: Frames per second.
    """
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for frame in np.unique(counted.frame):
        ours, theirs = np.flatnonzero(counted.frame == frame), np.flatnonzero(true.frame == frame)
        if not len(theirs):
            continue
        overlap = iou_matrix(counted.xyxy[ours], true.xyxy[theirs])
        best = overlap.argmax(axis=1)
        for row in np.flatnonzero(overlap.max(axis=1) >= SAME).tolist():
            votes[int(counted.identity[ours[row]])][int(true.identity[theirs[best[row]]])] += 1
    shown = []
    for track in np.unique(counted.identity).tolist():
        own = counted[counted.identity == track]
        who, boxes = max(votes[track].items(), key=lambda item: item[1], default=(None, 0))
        shown.append(Shown(who if boxes >= MOST * len(own) else None, _speed(own, fps)))
    return shown


def _speed(track: IdentifiedBoxes, fps: float) -> float:
    order = np.argsort(track.frame)
    boxes, frames = track.xyxy[order], track.frame[order]
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    feet = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)
    way = float(np.linalg.norm(feet[-1] - feet[0]))
    return round(way * fps / max(float(frames[-1] - frames[0]), 1.0) / max(height, 1.0), 3)


def tally(passed: Iterable[Mapping[int, Kind]], shown: Iterable[Sequence[Shown]]) -> list[Tally]:
    """Count by kind.

    Args:
        passed: Identities and kinds of who passed, camera by camera.
        shown: The counted tracks, camera by camera; who did not pass is nobody.
    """
    passages, counted = Counter[str](), Counter[str]()
    speeds: dict[str, list[float]] = defaultdict(list)
    for actors, seen in zip(passed, shown, strict=True):
        passages.update(kind.value for kind in actors.values())
        counted.update(actors[who].value for who in {one.who for one in seen} if who in actors)
        for one in seen:
            speeds[actors[one.who].value if one.who in actors else NOBODY].append(one.speed)
    names = [*(kind.value for kind in KINDS), NOBODY]
    return [
        Tally(name, passages[name], counted[name], len(speeds[name]) - counted[name], tuple(speeds[name]))
        for name in names
    ]


def measure(plan: Plan, chain: str, overrides: Mapping[str, Any]) -> list[Tally]:
    """Run one chain over one world; boxes that are there are taken instead of a run."""
    folder = prepare(plan, SCENARIO, pixels=True)
    kept, boxes = folder / f"kinds_{chain}.json", folder / f"kinds_{chain}"
    if not kept.exists():
        database = folder / f"kinds_{chain}.db"
        for file in folder.glob(f"{database.name}*"):
            file.unlink()
        given = {"database": f"sqlite:///{database}", **overrides}
        run_site(load_configuration(folder / "site.yaml", given), tracks=boxes)
    recording = recording_of(plan, SCENARIO, pixels=True)
    names = recording.world.network.names
    classes = {kind.mot_class for kind in KINDS}
    shown = [
        who_is_shown(
            read_prediction(boxes / f"boxes_{name}.txt"),
            read_truth(folder / "truth" / f"boxes_{name}.txt", classes),
            recording.fps,
        )
        for name in names
    ]
    found = tally((who_passed(recording, number) for number in range(len(names))), shown)
    kept.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n", encoding="utf-8")
    return found


def together(results: Iterable[Iterable[Tally]]) -> list[Tally]:
    """Add the same kinds of several worlds."""
    sums: dict[str, Tally] = {}
    for one in (one for result in results for one in result):
        had = sums.get(one.kind, Tally(one.kind, 0, 0, 0))
        sums[one.kind] = Tally(
            one.kind,
            had.passages + one.passages,
            had.counted + one.counted,
            had.again + one.again,
            had.speeds + one.speeds,
        )
    return list(sums.values())


def main() -> None:
    """Simulate, run, compare, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for videos, databases and results")
    parser.add_argument("--chain", default="default", help="name under which a result is kept")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as for pipeline run")
    parser.add_argument("--cameras", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, action="append", default=[])
    parser.add_argument("--workers", type=int, default=1, help="processes that render")
    parser.add_argument("--write", type=Path, help="Markdown page whose table is renewed")
    given = parser.parse_args()
    overrides = parse_assignments(given.set)
    plans = [
        Plan(given.out, given.cameras, given.minutes, seed, given.workers) for seed in given.seed or [48]
    ]
    rows = table(
        HEADINGS, (one.cells() for one in together(measure(plan, given.chain, overrides) for plan in plans))
    )
    print(rows)
    if given.write is not None and renew(given.write, {f"kinds {given.chain}": rows}):
        raise UsageError(
            f"{given.write}: has no place <!-- kinds {given.chain} --> … <!-- end -->; write one"
        )


if __name__ == "__main__":
    main()
