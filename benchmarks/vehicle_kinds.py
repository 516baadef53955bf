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
HEADINGS = ("kind", "counts as", "passages", "of them counted", "counted again")


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind.

    Attributes:
        kind: Value of `simulation.world.Kind`, or `NOBODY`: what the chain counted where nobody passed.
        passages: How many really passed.
        counted: How many of them were counted, once or several times.
        again: Tracks counted beyond one for each.
    """

    kind: str
    passages: int
    counted: int
    again: int

    def cells(self) -> tuple[str, ...]:
        """One row, in the order of `HEADINGS`."""
        worth = "1" if self.kind in {kind.value for kind in CYCLISTS} else "0"
        return self.kind, worth, str(self.passages), str(self.counted), str(self.again)


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


def who_is_shown(counted: IdentifiedBoxes, true: IdentifiedBoxes) -> list[int | None]:
    """Say of each counted track on whom most of its boxes lie, None where on nobody.

    Args:
        counted: Boxes of the tracks that were counted at one camera.
        true: Boxes of everybody there.
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
    lengths = Counter(counted.identity.tolist())
    shown: list[int | None] = []
    for track, length in sorted(lengths.items()):
        who, boxes = max(votes[track].items(), key=lambda item: item[1], default=(None, 0))
        shown.append(who if boxes >= MOST * length else None)
    return shown


def tally(passed: Iterable[Mapping[int, Kind]], shown: Iterable[Sequence[int | None]]) -> list[Tally]:
    """Count by kind.

    Args:
        passed: Identities and kinds of who passed, camera by camera.
        shown: Whom each counted track shows, camera by camera; who did not pass is nobody.
    """
    passages, counted, tracks = Counter[str](), Counter[str](), Counter[str]()
    for actors, seen in zip(passed, shown, strict=True):
        passages.update(kind.value for kind in actors.values())
        found = Counter(who if who in actors else None for who in seen)
        for who, number in found.items():
            name = NOBODY if who is None else actors[who].value
            tracks[name] += number
            counted[name] += who is not None
    names = [*(kind.value for kind in KINDS), NOBODY]
    return [Tally(name, passages[name], counted[name], tracks[name] - counted[name]) for name in names]


def measure(plan: Plan, chain: str, overrides: Mapping[str, Any]) -> list[Tally]:
    """Run one chain over one world; a result that is there is read instead."""
    folder = prepare(plan, SCENARIO, pixels=True)
    kept, boxes = folder / f"kinds_{chain}.json", folder / f"kinds_{chain}"
    if kept.exists():
        return [Tally(**row) for row in json.loads(kept.read_text("utf-8"))]
    database = folder / f"kinds_{chain}.db"
    for file in folder.glob(f"{database.name}*"):
        file.unlink()
    given = {"database": f"sqlite:///{database}", **overrides}
    run_site(load_configuration(folder / "site.yaml", given), tracks=boxes, explain=boxes / "why.csv")
    recording = recording_of(plan, SCENARIO, pixels=True)
    names = recording.world.network.names
    classes = {kind.mot_class for kind in KINDS}
    shown = [
        who_is_shown(
            read_prediction(boxes / f"boxes_{name}.txt"),
            read_truth(folder / "truth" / f"boxes_{name}.txt", classes),
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
            one.kind, had.passages + one.passages, had.counted + one.counted, had.again + one.again
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
