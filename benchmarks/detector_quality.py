"""How good a detector is: AP50 by scenario, time per frame, and counts on real clips.

Four parts, each on its own:

    python -m benchmarks.detector_quality precision DETECTOR --data FOLDER --work FOLDER
    python -m benchmarks.detector_quality speed DETECTOR
    python -m benchmarks.detector_quality clips DETECTOR [DETECTOR …] --data FOLDER --work FOLDER
    python -m benchmarks.detector_quality nobody DETECTOR [DETECTOR …] --data FOLDER --work FOLDER

``precision`` measures on what the training's description holds back: simulated frames of other seeds, and
the days of real footage that were not trained on. ``clips`` runs the whole pipeline, as ``pipeline run`` does
with nothing configured but the detector, and holds the counts against counts made by eye; ``nobody`` does the
same with every film of a folder in which nobody cycles. ``--judge learnt`` counts with the other judge,
``--input-size`` tries every part at another size than the detector's usual one.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.real_clips import CLIPS, Clip
from flows.accuracy import read_stored
from flows.database import FlowStore
from pipeline.configuration import load_configuration
from pipeline.runner import run_site
from tracking.detectors import Detector
from workshop.detector.description import load_description
from workshop.detector.measure import open_detector
from workshop.detector.train import Stage, measure_detector

SPEED_SIZE = (384, 640)
SPEED_THREADS = 2


def precision(detector: Path, data: Path, work: Path, input_size: int | None = None) -> dict[str, Any]:
    """AP50 of both classes by scenario and by folder."""

    def report(stage: Stage) -> None:
        if stage.name == "measuring":
            print(f"{stage.done}/{stage.total} {stage.detail}", flush=True)

    quality = measure_detector(detector, load_description(), data, work, report, input_size)
    print(
        "\n| held back | images | cyclists | AP50 | near | AP50 | pedestrians | AP50 | best F1 | at score |"
    )
    print("|---|" + "---|" * 9)
    for name, one in quality.items():
        kinds = (f"{kind.objects} | {kind.value:.3f}" for kind in (one.cyclist, one.near, one.pedestrian))
        best = f"{one.cyclist.best_f1:.3f} | {one.cyclist.best_threshold:.2f}"
        print(f"| {name} | {one.images} | {' | '.join(kinds)} | {best} |")
    return {name: asdict(one) for name, one in quality.items()}


def speed(detector: Detector, repeats: int = 60) -> dict[str, float]:
    """Median and least wall-clock time and processor time of one frame, milliseconds."""
    image = np.random.default_rng(0).integers(0, 255, (*SPEED_SIZE, 3), dtype=np.uint8)
    for _ in range(5):
        detector.detect([image])
    times = []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        detector.detect([image])
        times.append((time.perf_counter() - wall, time.process_time() - processor))
    in_ms = 1000 * np.array(times)
    names = ("wall_ms_median", "processor_ms_median"), ("wall_ms_least", "processor_ms_least")
    middle, least = np.median(in_ms, axis=0), in_ms.min(axis=0)
    measured = dict(zip(names[0], middle, strict=True)) | dict(zip(names[1], least, strict=True))
    print(", ".join(f"{name} {value:.1f}" for name, value in measured.items()))
    return {name: round(float(value), 2) for name, value in measured.items()}


def clips(
    detectors: Sequence[str], films: Sequence[Clip], data: Path, work: Path, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Counts of the whole chain on every film, and the sum of absolute errors.

    Args:
        detectors: Files or registered names.
        films: And who rides in them.
        data: Their folder.
        work: For site files and databases.
        settings: What is set beside the detector, by dotted key.
    """
    work.mkdir(parents=True, exist_ok=True)
    counts: dict[str, Any] = {detector: {} for detector in detectors}
    print("| clip | by eye | " + " | ".join(Path(d).stem for d in detectors) + " |")
    print("|---|---|" + "---|" * len(detectors))
    for clip in films:
        for detector in detectors:
            counts[detector][clip.name] = _count(clip, detector, data, work, settings)
        row = " | ".join(str(counts[detector][clip.name]) for detector in detectors)
        print(f"| {clip.name} | {clip.cyclists} | {row} |", flush=True)
    for detector in detectors:
        errors = sum(abs(counts[detector][clip.name] - clip.cyclists) for clip in films)
        print(f"{Path(detector).stem}: sum of absolute errors {errors}")
    return counts


def without_cyclists(folder: Path) -> list[Clip]:
    """The films of a folder in which nobody cycles, in order of their names."""
    return [Clip(film.stem, film.name, 0) for film in sorted(folder.glob("*.mp4"))]


def _count(clip: Clip, detector: str, data: Path, work: Path, settings: Mapping[str, Any]) -> int:
    site, database = work / f"{clip.name}.yaml", work / f"{clip.name}.db"
    when = 'time_pattern: "%Y-%m-%d_%H-%M-%S"' if clip.timed else "start: 2020-01-01T08:00:00"
    camera = f"  - id: A\n    source: {(data / clip.files).resolve()}\n    {when}\n"
    site.write_text(f"site: {clip.name}\ntimezone: Europe/Berlin\ncameras:\n{camera}", encoding="utf-8")
    for file in work.glob(f"{clip.name}.db*"):
        file.unlink()
    address = f"sqlite:///{database}"
    given = {"database": address, "detector.name": detector, **settings}
    run_site(load_configuration(site, given))
    store = FlowStore.open_for_reading(address)
    try:
        return len(read_stored(store.database).passages)
    finally:
        store.close()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("precision", "speed", "clips", "nobody"))
    parser.add_argument("detector", nargs="+", help="model file; for films also a registered name")
    parser.add_argument("--data", type=Path, help="folder of labelled data sets, or of clips")
    parser.add_argument("--work", type=Path, help="folder for painted frames, or for databases")
    parser.add_argument("--judge", choices=("limits", "learnt"), default="learnt", help="of films")
    parser.add_argument("--input-size", type=int, help="longer side at which frames are looked at, pixels")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    given = parser.parse_args()
    if given.part != "speed" and (given.data is None or given.work is None):
        parser.error(f"{given.part} needs --data and --work")
    return given


def main() -> None:
    """Measure one part and print it."""
    given = arguments()
    if given.part in ("clips", "nobody"):
        films = CLIPS if given.part == "clips" else without_cyclists(given.data)
        settings = {"detector.input_size": given.input_size, "rider.judge.by": given.judge}
        measured: Any = clips(given.detector, films, given.data, given.work, settings)
    elif given.part == "precision":
        measured = precision(Path(given.detector[0]), given.data, given.work, given.input_size)
    else:
        detector = Path(given.detector[0])
        measured = speed(open_detector(detector, threads=SPEED_THREADS, input_size=given.input_size))
    if given.json is not None:
        given.json.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
