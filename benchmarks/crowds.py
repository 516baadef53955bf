"""Who is counted in ten minutes of footage in which nobody cycles: crowds of real pedestrians.

Six films of London street cameras as they are, mirrored and nearer, the same streets with dozens of their own
pedestrians at once (`benchmarks.crowd_footage`), and what the clips of walkways show before their first
cyclist. Pictures stay in memory; boxes, scores and times are kept in WORK, so that it goes on where it was
interrupted.

    python -m benchmarks.crowds WORK --data DIR --teacher YOLOX_NANO.onnx --write docs/understand/judge.md

DIR holds the folders ``video`` and ``detection`` of real footage.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from benchmarks.crowd_footage import Film, Walker, crowd, find_walkers, looked_at, read_film
from benchmarks.judge_glances import Glancer
from benchmarks.judge_looks import write_seen
from benchmarks.judge_streets import compressed
from benchmarks.marked_page import renew, table
from pipeline.cameras import DetectorShelf
from pipeline.registry import resolve_weights
from tracking.detectors import Detector, DetectorSettings
from tracking.errors import UsageError
from tracking.riders import CropClassifier, OnnxClassifier, PassageJudge, RiderSettings
from tracking.tracklets import TrackerSettings
from tracking.values import Frame
from workshop.adaptation.looks import open_teachers
from workshop.adaptation.settings import TeachingSettings
from workshop.judge.passages import judge_seen
from workshop.judge.seen import Look, Seen

FILMS, CLIPS = "detection/london_jamcams", "video"
WALKWAYS = "walkway_*.avi"
NEARER = 1.5
CROWDS = ((24.0, 1.0), (24.0, NEARER), (48.0, 1.0))
"""People at once, on the average, and how near: one crowd each, with a seed of its own."""
CROWD_S = 22.0
QUALITY = 28
"""CRF of the H.264 encoder through which crowds go, as they would in a camera."""
STEP_S = 0.16
"""Most from one look to the next: what `pipeline run` takes where nobody is fast."""
BEFORE_S = 3.0
"""So long before a cyclist was first marked in a walkway, the cyclist may be in view: in one it was 2.5 s."""
LEAST_S = 4.0
JUDGES = ("limits", "learnt")
NAME = "crowds"

Make = Callable[[], Film]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the footage.

    Attributes:
        film: In whose row it stands.
        kind: In which column.
        make: Makes it.
        recorded: Whether it must go through an encoder first.
    """

    film: str
    kind: str
    make: Make
    recorded: bool = False

    @property
    def name(self) -> str:
        """Of the file of its boxes."""
        return f"{self.film}-{self.kind.replace(' ', '_')}"


def parts_of(data: Path, teachers: Sequence[Detector]) -> Iterator[Part]:
    """All pieces, one after the other, so that one film is in memory."""
    for file in sorted((data / FILMS).glob("*.mp4")):
        film = _Once(lambda file=file: read_film(file.stem, file))
        walkers = _Once(lambda film=film: find_walkers(film(), teachers))
        yield Part(file.stem, "as it is", film)
        yield Part(file.stem, "mirrored", lambda film=film: film().mirrored)
        yield Part(file.stem, "nearer", lambda film=film: film().nearer(NEARER))
        for seed, (at_once, near) in enumerate(CROWDS):
            kind = f"{at_once:.0f} at once" + (", nearer" if near > 1 else "")
            make = _crowd_maker(film, walkers, at_once, near, seed)
            yield Part(file.stem, kind, make, recorded=True)
    first = _first_cyclists()
    for file in sorted((data / CLIPS).glob(WALKWAYS)):
        until = first.get(file.stem, np.inf) - BEFORE_S
        if until >= LEAST_S:
            yield Part(
                file.stem, "as it is", lambda file=file, until=until: read_film(file.stem, file, until)
            )


class _Once(Generic[Made]):
    """Makes something when it is first asked for."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._made: list[Made] = []

    def __call__(self) -> Made:
        if not self._made:
            self._made.append(self._make())
        return self._made[0]


def _crowd_maker(
    film: Callable[[], Film], walkers: Callable[[], list[Walker]], at_once: float, near: float, seed: int
) -> Make:
    def make() -> Film:
        full = crowd(film(), walkers(), at_once, CROWD_S, np.random.default_rng((seed, 31)))
        return full.nearer(near) if near > 1 else full

    return make


def _first_cyclists() -> dict[str, float]:
    """Clip → when its first cyclist was marked, seconds."""
    text, marked = files("workshop.judge").joinpath("riders.csv").read_text("utf-8"), defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        marked[row["clip"]].append(float(row["time_s"]))
    return {clip: min(times) for clip, times in marked.items()}


def look_at(part: Part, detector: Detector, classifier: CropClassifier) -> Seen:
    """What detector and classifier say of a piece."""
    film = part.make()
    numbers, times, pictures = zip(*looked_at(film, STEP_S), strict=True)
    seen = compressed(iter(pictures), film.size, QUALITY, 1 / STEP_S) if part.recorded else pictures
    looks, before = [], -np.inf
    glancer = Glancer(part.name, film.size, classifier)
    for number, time, picture in zip(numbers, times, seen, strict=True):
        (found,) = detector.detect([picture])
        looks.append(Look(part.name, number, time, before, found))
        glancer.add(Frame(part.name, part.name, number, time, picture, before=before), found)
        before = time
    return Seen(part.name, film.size, tuple(looks), glances=glancer.finish())


def counted(seen: Seen, by: str) -> int:
    """How many the chain counts, with the default settings and one of the judges."""
    riders = RiderSettings.model_validate({"judge": {"by": by}})
    passages = judge_seen(
        seen, PassageJudge(riders, look=seen.look), riders, TrackerSettings.model_validate({})
    )
    return sum(one.verdict.is_cyclist for one in passages)


def rows_of(results: dict[tuple[str, str], tuple[float, dict[str, int]]]) -> str:
    """The table: films down, kinds across, each cell with one number for each judge."""
    films, kinds = (
        list(dict.fromkeys(key[0] for key in results)),
        list(dict.fromkeys(key[1] for key in results)),
    )

    def cell(chosen: Sequence[tuple[float, dict[str, int]]]) -> str:
        if not chosen:
            return "–"
        return " / ".join(str(sum(numbers[by] for _, numbers in chosen)) for by in JUDGES)

    def row(name: str, mine: Sequence[str]) -> tuple[str, ...]:
        of = {kind: [results[film, kind] for film in mine if (film, kind) in results] for kind in kinds}
        whole = [one for chosen in of.values() for one in chosen]
        seconds = sum(length for length, _ in whole)
        return (name, f"{seconds:.0f}", *(cell(of[kind]) for kind in kinds), cell(whole))

    rows = [row(film, [film]) for film in films]
    return table(("film", "seconds", *kinds, "together"), [*rows, row("together", films)])


def main() -> None:
    """Look, judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("work", type=Path, help="folder for boxes, scores and times")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", action="append", default=[], help="detector that finds the pedestrians")
    parser.add_argument("--detector", default="", help="name or file; the package's if none is named")
    parser.add_argument("--write", type=Path, help="Markdown page whose table is renewed")
    given = parser.parse_args()
    chosen = {"name": given.detector} if given.detector else {}
    detector = DetectorShelf().take(DetectorSettings.model_validate(chosen))
    classifier = OnnxClassifier(resolve_weights(RiderSettings().classifier, "classifier"))
    results = {}
    for part in parts_of(given.data, open_teachers(given.teacher, TeachingSettings.model_validate({}))):
        file = given.work / f"{part.name}.npz"
        if not file.is_file():
            write_seen(look_at(part, detector, classifier), file)
        seen = Seen.read(file)
        seconds = seen.looks[-1].time + STEP_S
        results[part.film, part.kind] = seconds, {by: counted(seen, by) for by in JUDGES}
        print(part.name, results[part.film, part.kind][1], file=sys.stderr, flush=True)
    rows = rows_of(results)
    print(rows)
    if given.write is not None and renew(given.write, {NAME: rows}):
        raise UsageError(f"{given.write}: has no place <!-- {NAME} --> … <!-- end -->; write one")


if __name__ == "__main__":
    main()
