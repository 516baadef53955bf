"""Put what `benchmarks.detector_quality` measured into the detector's card and into its page.

    python -m benchmarks.detector_quality precision FILE --data DIR --work DIR --json precision.json
    python -m benchmarks.detector_quality speed FILE --json speed.json
    python -m benchmarks.detector_quality clips FILE --data CLIPS --work DIR --json clips.json
    python -m benchmarks.detector_report FILE --precision precision.json --speed speed.json --clips clips.json

``--retrained`` names the precision of trainings at a smaller budget or with other seeds.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.marked_page import renew, table
from benchmarks.real_clips import CLIPS
from tracking.model_card import Measurement, card_path
from workshop.detector.description import load_description

PAGE = Path("docs/understand/cyclist_detector.md")
_COMMAND = "python -m benchmarks.detector_quality"
_FURTHER = ("near", "AP50", "pedestrians", "AP50")

Quality = Mapping[str, Any]
"""Of one group of images: images, and value, objects, best_f1 and best_threshold of either class."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured of a detector.

    Attributes:
        precision: By group of held-back images.
        retrained: The same of other trainings, by their names.
        speed: Milliseconds by name.
        counts: Passages counted on each clip.
    """

    precision: Mapping[str, Quality]
    retrained: Mapping[str, Mapping[str, Quality]]
    speed: Mapping[str, float]
    counts: Mapping[str, int]


def measurements(report: Report) -> list[Measurement]:
    """The rows of a card, the most telling first."""
    description = load_description()
    seeds = ", ".join(map(str, description.held_back.seeds))
    means = {name: _simulated_mean(one) for name, one in report.retrained.items()}
    own = _simulated_mean(report.precision)
    again = "; ".join(f"{name}: {value:.3f}" for name, value in means.items())
    mean = Measurement(
        measure="AP50",
        value=round(own, 4),
        spread=round(float(np.std([own, *means.values()], ddof=1)), 4) if means else None,
        data=f"cyclists, mean over simulated scenarios of held-back seeds {seeds}"
        + (f"; trained again, {again}; the spread is over all of these" if means else ""),
        command=f"{_COMMAND} precision FILE --data DIR --work DIR",
    )
    errors = sum(abs(report.counts[clip.name] - clip.cyclists) for clip in CLIPS)
    clips = ", ".join(f"{clip.name} {report.counts[clip.name]} of {clip.cyclists}" for clip in CLIPS)
    counted = Measurement(
        measure="sum of count errors",
        value=errors,
        data=f"{len(CLIPS)} real clips, whole program, nothing else configured; never trained on: {clips}",
        command=f"{_COMMAND} clips FILE --data DIR --work DIR",
    )
    time = Measurement(
        measure="ms a frame at 640x384, two threads",
        value=round(report.speed["wall_ms_median"], 1),
        data=f"median by the clock; processor time {report.speed['processor_ms_median']:.1f} ms",
        command=f"{_COMMAND} speed FILE",
    )
    groups = [
        Measurement(
            measure=f"AP50 {name}",
            value=round(one["cyclist"]["value"], 4),
            data=f"{one['cyclist']['objects']} cyclists in {one['images']} held-back images; best F1 "
            f"{one['cyclist']['best_f1']:.3f} at score {one['cyclist']['best_threshold']:.2f}",
            command=mean.command,
        )
        for name, one in report.precision.items()
    ]
    return [mean, counted, time, *groups]


def tables(report: Report) -> dict[str, str]:
    """The tables of the page, by the names of their places."""
    extra = tuple(report.retrained)
    head = ("held back", "images", "cyclists", "AP50", *extra, "best F1", "at score", *_FURTHER)
    rows = []
    for name, one in report.precision.items():
        rider, walker = one["cyclist"], one["pedestrian"]
        others = (f"{other[name]['cyclist']['value']:.3f}" for other in report.retrained.values())
        found = (
            f"{rider['value']:.3f}",
            *others,
            f"{rider['best_f1']:.3f}",
            f"{rider['best_threshold']:.2f}",
        )
        near = one["near"]
        seen = (
            str(near["objects"]),
            f"{near['value']:.3f}",
            str(walker["objects"]),
            f"{walker['value']:.3f}",
        )
        rows.append((name, str(one["images"]), str(rider["objects"]), *found, *seen))
    means = (_simulated_mean(one) for one in (report.precision, *report.retrained.values()))
    rows.append(("**mean of scenarios**", "", "", *(f"**{mean:.3f}**" for mean in means), *[""] * 6))
    clips = [(clip.name, str(clip.cyclists), str(report.counts[clip.name])) for clip in CLIPS]
    return {
        "precision": table(head, rows),
        "clips": table(("clip", "by eye", "counted"), clips),
    }


def _simulated_mean(precision: Mapping[str, Quality]) -> float:
    scenarios = load_description().held_back.scenarios
    return float(np.mean([precision[name]["cyclist"]["value"] for name in scenarios]))


def best_threshold(report: Report) -> float:
    """Where F1 is best, the median over the simulated scenarios."""
    scenarios = load_description().held_back.scenarios
    return float(np.median([report.precision[name]["cyclist"]["best_threshold"] for name in scenarios]))


def write_card(weights: Path, rows: Sequence[Measurement], threshold: float) -> None:
    """Replace measurements and threshold in the card beside the weights; everything else stays."""
    path = card_path(weights)
    facts = json.loads(path.read_text("utf-8"))
    facts["threshold"] = round(threshold, 2)
    facts["quality"] = [row.model_dump(mode="json", exclude_none=True) for row in rows]
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def main() -> None:
    """Read the results and write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detector", type=Path, help="model file with a card beside it")
    for part in ("precision", "speed", "clips"):
        parser.add_argument(f"--{part}", type=Path, required=True, help=f"result of {part}")
    parser.add_argument(
        "--retrained", nargs="*", default=[], metavar="NAME=FILE", help="precision of other trainings"
    )
    parser.add_argument("--page", type=Path, default=PAGE, help=f"Markdown page (default {PAGE})")
    given = parser.parse_args()
    others = dict(entry.split("=", 1) for entry in given.retrained)
    report = Report(
        precision=_read(given.precision),
        retrained={name: _read(Path(file)) for name, file in others.items()},
        speed=_read(given.speed),
        counts=next(iter(_read(given.clips).values())),
    )
    write_card(given.detector, measurements(report), best_threshold(report))
    for name in renew(given.page, tables(report)):
        print(f"{given.page}: has no place <!-- {name} -->")


if __name__ == "__main__":
    main()
