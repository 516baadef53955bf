"""How far counts and links depend on how often the detector looks, as tables and as a drawing.

Scenarios of the simulation are observed at 25 frames a second by a detector with faults, without pixels, and
replayed with fewer frames. Of real clips the boxes of all frames are found once, each frame looked at as a
whole, and then taken at each rate, beginning at once and half a look later; *default* takes the frames that
the attention looks at. What was found is kept in the folder, so that a second run is quick. Run:

    python -m benchmarks.cadence OUT --scenario calm --scenario rush_hour
    python -m benchmarks.cadence OUT --videos ../shared/data/video
    python -m benchmarks.cadence OUT --write docs/performance.md --drawing docs/images/cadence.svg
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.cadence_clips import CLIPS, ClipBoxes, configure, count
from benchmarks.cadence_curve import draw
from benchmarks.marked_page import renew, table
from flows.accuracy import evaluate, read_stored, read_truth
from flows.database import FlowStore
from pipeline.replay import replay_site
from simulation import Recording, create_world, load_scenario, scenario_names, simulate
from simulation.sitefile import TIMEZONE

RATES = (25.0, 12.5, 8.33, 6.25, 5.0)
CAMERAS, SEED = 2, 7


@dataclass(frozen=True, slots=True)
class Measured:
    """One scenario at one rate.

    Attributes:
        scenario: Its name.
        rate: Looks a second.
        passing: True passages over all cameras.
        counted: Sightings.
        seen: Passages that a sighting shows.
        link_f1: Of the links between cameras, among all riders.
    """

    scenario: str
    rate: float
    passing: int
    counted: int
    seen: int
    link_f1: float


def scenario(name: str, out: Path, minutes: float) -> Iterator[Measured]:
    """Simulate a scenario and replay it at every rate; what was measured before is read."""
    folder = out / f"{name}_{minutes:g}"
    if not (folder / "site.yaml").exists():
        start = datetime(2024, 5, 14, 8, tzinfo=ZoneInfo(TIMEZONE))
        settings = load_scenario(name).adapted(detections_only=True)
        world = create_world(settings, cameras=CAMERAS, duration_s=60 * minutes, start=start, seed=SEED)
        simulate(folder, Recording(world, (640, 360), RATES[0]), workers=1)
    for rate in RATES:
        kept = folder / f"at_{rate:g}.json"
        if not kept.exists():
            kept.write_text(json.dumps(asdict(replayed(name, folder, rate))))
        yield Measured(**json.loads(kept.read_text("utf-8")))


def replayed(name: str, folder: Path, rate: float) -> Measured:
    """Replay a folder at one rate and hold the result against the truth."""
    database = folder / f"at_{rate:g}.db"
    database.unlink(missing_ok=True)
    replay_site(folder, {"database": f"sqlite:///{database}", "runtime.max_fps": rate})
    store = FlowStore.open_for_reading(f"sqlite:///{database}")
    scores = evaluate(read_truth(folder / "truth"), read_stored(store.database)).scores
    store.close()
    seen = round(scores.passage_recall * scores.truth)
    return Measured(name, rate, scores.truth, scores.counted, seen, scores.links.whole_chain.f1)


def clip(name: str, videos: Path, out: Path) -> tuple[str, ...]:
    """Counts of a clip as cells: the truth, at each rate, and by default."""
    configuration = configure(name, videos, out)
    label = configuration.cameras[0].id
    kept = out / f"{label}.npz"
    if not kept.exists():
        ClipBoxes.of(configuration).write(kept)
    boxes = ClipBoxes.read(kept)
    fps = (len(boxes.times) - 1) / float(boxes.times[-1] - boxes.times[0])
    cells = [str(count(boxes, range(len(boxes.times)), configuration))]
    for rate in RATES:
        if rate > 0.9 * fps:
            cells.append("")
            continue
        tries = [count(boxes, boxes.at_rate(rate, late), configuration) for late in (0.0, 0.5)]
        cells.append(", ".join(map(str, tries)))
    default = boxes.by_default(configuration.cameras[0].attention)
    return label, f"{fps:.3g}", str(CLIPS[name]), *cells, str(count(boxes, default, configuration))


def clips(names: Iterable[str], videos: Path, out: Path) -> Iterator[tuple[str, ...]]:
    """The rows of all clips; what was counted before is read."""
    for name in names:
        kept = out / f"{name.partition('.')[0].rstrip('-*')}.json"
        if not kept.exists():
            kept.write_text(json.dumps(clip(name, videos, out)))
        row = tuple(json.loads(kept.read_text("utf-8")))
        print(*row, sep="\t", flush=True)
        yield row


def scenario_table(found: list[Measured]) -> str:
    """Riders seen, those counted, and F1 of the links, at each rate."""
    rows = []
    for name in dict.fromkeys(one.scenario for one in found):
        mine = {one.rate: one for one in found if one.scenario == name}
        cells = [
            f"{one.seen} / {one.counted} / {100 * one.link_f1:.1f}" for one in (mine[rate] for rate in RATES)
        ]
        rows.append((name, str(mine[RATES[0]].passing), *cells))
    return table(("scenario", "passing", *(f"{rate:g} a second" for rate in RATES)), rows)


def curve(found: list[Measured]) -> str:
    """Share of the passing riders that are seen, over the rate."""
    lines = {
        name: [
            100 * one.seen / max(one.passing, 1)
            for rate in RATES
            for one in found
            if (one.scenario, one.rate) == (name, rate)
        ]
        for name in dict.fromkeys(one.scenario for one in found)
    }
    return draw("Riders seen, by the rate of looks", "% of those who pass", RATES, lines)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for what is found")
    parser.add_argument(
        "--scenario", action="append", choices=scenario_names(), help="one of them; may be repeated"
    )
    parser.add_argument("--minutes", type=float, default=4.0, help="length of a scenario")
    parser.add_argument("--videos", type=Path, help="folder of the real clips")
    parser.add_argument("--clip", action="append", choices=CLIPS, help="one of them; all otherwise")
    parser.add_argument("--write", type=Path, help="Markdown page whose tables are renewed")
    parser.add_argument("--drawing", type=Path, help="SVG file for the scenarios")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    contents = {}
    found = [one for name in asked.scenario or () for one in scenario(name, asked.out, asked.minutes)]
    if found:
        contents["cadence of scenarios"] = scenario_table(found)
    if asked.videos:
        head = ("clip", "frames/s", "cyclists", "all", *(f"{rate:g}" for rate in RATES), "default")
        contents["cadence of clips"] = table(head, clips(asked.clip or CLIPS, asked.videos, asked.out))
    if asked.write:
        renew(asked.write, contents)
    if asked.drawing and found:
        asked.drawing.write_text(curve(found), encoding="utf-8")
    print("\n\n".join(contents.values()))


if __name__ == "__main__":
    main()
