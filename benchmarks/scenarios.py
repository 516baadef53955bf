"""Every scenario of the simulation through the whole chain, measured against its truth, as one table.

Each scenario is rendered once; each chain (detector, encoder, threshold) then runs over the same videos. What
is done is kept in the folder, so that an interrupted run goes on where it stopped. Run:

    python -m benchmarks.scenarios OUT --chain default
    python -m benchmarks.scenarios OUT --chain yolo --detector yolov8n_int8.onnx --encoder osnet.onnx
    python -m benchmarks.scenarios OUT --chain limits --set rider.judge.by=limits
    python -m benchmarks.scenarios OUT --chain busy --minutes 12 --least-per-hour 500
    python -m benchmarks.scenarios OUT --chain next_day --next-day --minutes 12 --least-per-hour 500
    python -m benchmarks.scenarios OUT --chain perfect --chain recorded
    python -m benchmarks.scenarios OUT --write docs/understand/scenarios.md
"""

import argparse
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from benchmarks.scenario_table import Result, write_tables
from flows.accuracy import Stored, Truth, evaluate, read_evidence, read_stored, read_truth
from flows.database import FlowStore
from pipeline.configuration import load_configuration, parse_assignments
from pipeline.replay import replay_site
from pipeline.runner import run_site
from pipeline.telemetry import RunSummary
from simulation import (
    Recording,
    create_world,
    load_scenario,
    scenario_names,
    simulate,
    write_contact_sheet,
)
from simulation.sitefile import TIMEZONE
from tracking.errors import FietsflowError

SHEET_WIDTH, SHEET_BYTES = 1000, 150_000
REPLAYED = ("perfect", "recorded")
"""Chains that take boxes and embeddings instead of pixels."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large everything is.

    Attributes:
        out: Folder for videos, databases and results.
        cameras: Number of cameras.
        minutes: Length of each recording.
        seed: Seed of the worlds.
        workers: Processes that render.
        least_per_hour: Quiet scenarios get so many riders an hour; 0 leaves them as they are.
        next_day: A site learns of itself on one day; measured is the next, with other riders.
    """

    out: Path
    cameras: int
    minutes: float
    seed: int
    workers: int
    least_per_hour: float = 0.0
    next_day: bool = False

    def folder(self, scenario: str, *, pixels: bool, day: int = 0) -> Path:
        """Where a day of a scenario of this size lies."""
        kind = "" if pixels else "_boxes"
        busy = f"_{self.least_per_hour:g}" if self.least_per_hour else ""
        later = f"_day{day}" if day else ""
        return self.out / f"{scenario}{kind}_{self.cameras}x{self.minutes:g}_{self.seed}{busy}{later}"


def recording_of(plan: Plan, scenario: str, *, pixels: bool, day: int = 0) -> Recording:
    """A scenario of the plan's size, not written yet."""
    settings = load_scenario(scenario)
    busy = max(settings.demand.riders_per_hour, plan.least_per_hour)
    world = create_world(
        settings.adapted(riders_per_hour=busy, detections_only=not pixels),
        cameras=plan.cameras,
        duration_s=60 * plan.minutes,
        start=datetime(2024, 5, 14 + day, 8, tzinfo=ZoneInfo(TIMEZONE)),
        seed=plan.seed,
        day=day,
    )
    return Recording(world, (640, 360), 10.0)


def prepare(plan: Plan, scenario: str, *, pixels: bool, sheets: Path | None = None, day: int = 0) -> Path:
    """Simulate a scenario unless that is done already, and draw its contact sheet where one is asked for."""
    folder = plan.folder(scenario, pixels=pixels, day=day)
    recording = recording_of(plan, scenario, pixels=pixels, day=day)
    done = folder / "simulated"
    if not done.exists():
        started = time.perf_counter()
        simulate(folder, recording, workers=plan.workers)
        done.write_text(f"{time.perf_counter() - started:.1f}\n", encoding="utf-8")
    if sheets is not None:
        sheets.mkdir(parents=True, exist_ok=True)
        write_contact_sheet(sheets / f"{scenario}.jpg", recording)
        shrink(sheets / f"{scenario}.jpg")
    return folder


def shrink(path: Path) -> None:
    """Make a picture small enough for a page of the docs."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise FietsflowError(f"{path}: the contact sheet cannot be read back")
    scale = min(1.0, SHEET_WIDTH / picture.shape[1])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for quality in range(85, 20, -5):
        _, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(encoded) <= SHEET_BYTES:
            break
    path.write_bytes(encoded.tobytes())


def measure(plan: Plan, scenario: str, chain: str, overrides: Mapping[str, Any]) -> Result:
    """Run one chain over one scenario and evaluate it; a result that is there is read instead."""
    days = [
        prepare(plan, scenario, pixels=chain not in REPLAYED, day=day) for day in range(1 + plan.next_day)
    ]
    folder = days[-1]
    kept = folder / f"{chain}.json"
    if kept.exists():
        return Result(**json.loads(kept.read_text("utf-8")))
    for file in folder.glob(f"{chain}.db*"):
        file.unlink()
    tracks = folder / f"{chain}_tracks"
    shutil.rmtree(tracks, ignore_errors=True)
    given = {"database": _address(folder, chain), **overrides}
    for day in days:
        seen = tracks if day == folder else None
        if chain in REPLAYED:
            summary = replay_site(day, given, exact=chain == "perfect", tracks=seen)
        else:
            summary = run_site(load_configuration(day / "site.yaml", given), tracks=seen)
    result = score(scenario, chain, folder, summary)
    kept.write_text(json.dumps(asdict(result), indent=2) + "\n", encoding="utf-8")
    return result


def score(scenario: str, chain: str, folder: Path, summary: RunSummary) -> Result:
    """Hold a database against the truth."""
    store = FlowStore.open_for_reading(_address(folder, chain))
    try:
        stored = read_stored(store.database)
    finally:
        store.close()
    truth = read_truth(folder / "truth")
    evidence = read_evidence(folder / "truth", folder / f"{chain}_tracks")
    scores = evaluate(truth, _of_its_day(stored, truth), evidence=evidence).scores
    return Result(
        scenario=scenario,
        chain=chain,
        models=f"{summary.detector}, {summary.encoder}",
        truth=scores.truth,
        counted=scores.counted,
        geh=max((camera.geh for camera in scores.cameras), default=0.0),
        precision=scores.passage_precision,
        recall=scores.passage_recall,
        links=scores.links.whole_chain.truth,
        link_precision=scores.links.whole_chain.precision,
        link_recall=scores.links.whole_chain.recall,
        link_f1=scores.links.whole_chain.f1,
        link_f1_of_seen=scores.links.of_seen.f1,
        idf1=scores.journeys.idf1,
        od_error=scores.matrix.relative_error,
        frames_per_s=summary.frames_per_s,
        strict_link_f1=scores.strict and scores.strict.links.whole_chain.f1,
    )


def _of_its_day(stored: Stored, truth: Truth) -> Stored:
    """What was stored of the day of a recording."""
    day_s = 86_400.0
    begin = float(truth.passages.enter.min(initial=np.inf)) - day_s / 2
    return replace(stored, passages=stored.passages.keep(stored.passages.enter >= begin))


def _address(folder: Path, chain: str) -> str:
    return f"sqlite:///{folder / f'{chain}.db'}"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for videos, databases and results")
    parser.add_argument("--chain", action="append", default=[], help="name of a chain: default, perfect, …")
    parser.add_argument("--scenario", action="append", default=[], help="one of them; all otherwise")
    parser.add_argument("--cameras", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--least-per-hour", type=float, default=0.0, help="riders an hour that quiet scenarios get"
    )
    parser.add_argument("--next-day", action="store_true", help="measure the day after one like it")
    parser.add_argument("--workers", type=int, default=2, help="processes that render")
    parser.add_argument("--detector", help="name or model file; the default otherwise")
    parser.add_argument("--encoder", help="name or model file; the default otherwise")
    parser.add_argument("--threshold", type=float, help="matching threshold; the model card's otherwise")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as for pipeline run")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets")
    parser.add_argument("--write", type=Path, help="Markdown page whose tables are renewed")
    return parser.parse_args()


def main() -> None:
    """Simulate, run, evaluate, write."""
    given = arguments()
    plan = Plan(
        given.out,
        given.cameras,
        given.minutes,
        given.seed,
        given.workers,
        given.least_per_hour,
        given.next_day,
    )
    named = {
        "detector.name": given.detector,
        "encoder.name": given.encoder,
        "matching.threshold": given.threshold,
    }
    overrides = parse_assignments(given.set)
    overrides |= {key: value for key, value in named.items() if value is not None}
    names = [
        name
        for name in given.scenario or scenario_names()
        if given.scenario or not load_scenario(name).detections_only or set(given.chain) <= set(REPLAYED)
    ]
    for name in names:
        if given.sheets is not None:
            prepare(plan, name, pixels=not load_scenario(name).detections_only, sheets=given.sheets)
        for chain in given.chain:
            print(measure(plan, name, chain, {} if chain in REPLAYED else overrides).line(), flush=True)
    if given.write is not None:
        write_tables(given.write, given.out)


if __name__ == "__main__":
    main()
