"""Which threshold τ makes the best links, with the sightings that the chain itself makes.

Runs detection, tracking and embedding of simulated cities once, then matches the sightings with every τ
and scores the links against the truth. Choose τ on some seeds, report on others:

    for s in 101 102 103 104; do
        pipeline simulate city_$s --cameras 4 --minutes 5 --riders-per-hour 800 --seed $s
    done
    python benchmarks/link_threshold.py city_101 city_102 --report city_103 city_104
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.accuracy import Passages, match_passages, read_truth
from flows.accuracy.links import LinkScore, score_links
from flows.matching import EventTimeMatcher
from flows.values import Sighting
from pipeline.cameras import open_camera
from pipeline.configuration import load_configuration
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import prepare
from pipeline.stages import SightingMaker
from pipeline.telemetry import StageClock

THRESHOLDS = np.arange(0.40, 1.001, 0.02)


@dataclass(frozen=True, slots=True)
class City:
    """One simulated city after detection, tracking and embedding.

    Attributes:
        prepared: Links and settings.
        sightings: Of all cameras.
        truth: True passages.
    """

    prepared: Preparation
    sightings: list[Sighting]
    truth: Passages


def see(folder: Path, overrides: dict[str, object]) -> City:
    """Make the sightings of a city."""
    prepared = prepare(load_configuration(folder / "site.yaml", overrides))
    clock = StageClock()
    maker = SightingMaker("benchmark", prepared.encoder, clock)
    sightings: list[Sighting] = []
    for camera in prepared.cameras:
        chain = open_camera(camera, prepared.configuration.runtime, clock).chain
        for frame in camera.source.frames():
            sightings += map(maker.make, chain.process(frame, camera.detector.detect([frame.image])[0]))
        sightings += map(maker.make, chain.finish())
    return City(prepared, sightings, read_truth(folder / "truth").passages)


def score(city: City, threshold: float) -> LinkScore:
    """Match a city's sightings with one threshold and score the links of the cyclists seen."""
    matcher = EventTimeMatcher(city.prepared.linking.network, city.prepared.linking.settings, threshold)
    matcher.add(city.sightings)
    rows = [
        (one.camera, one.enter_time, one.exit_time, one.direction, journey.journey_id, stop)
        for journey in matcher.finish().journeys
        for stop, one in enumerate(journey.sightings)
    ]
    estimate = Passages.of(rows, city.truth.cameras)
    return score_links(match_passages(city.truth, estimate)).of_seen


def together(cities: list[City], threshold: float) -> LinkScore:
    """The links of several cities as one score."""
    scores = [score(city, threshold) for city in cities]
    return LinkScore(*(sum(getattr(one, name) for one in scores) for name in LinkScore.__slots__))


def main() -> None:
    """Choose τ on some cities, report it on others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("choose", nargs="+", type=Path)
    parser.add_argument("--report", nargs="*", type=Path, default=[])
    parser.add_argument("--detector", default="motion")
    parser.add_argument("--encoder", default="colour_stripes")
    options = parser.parse_args()
    overrides: dict[str, object] = {"detector.name": options.detector, "encoder.name": options.encoder}
    if options.encoder != "colour_stripes":
        overrides["matching.threshold"] = 1.0
    chosen = [see(folder, overrides) for folder in options.choose]
    scores = [together(chosen, float(threshold)) for threshold in THRESHOLDS]
    for threshold, one in zip(THRESHOLDS, scores, strict=True):
        print(f"τ {threshold:.2f}: precision {one.precision:.3f}, recall {one.recall:.3f}, F1 {one.f1:.3f}")
    best = float(THRESHOLDS[int(np.argmax([one.f1 for one in scores]))])
    print(f"best τ {best:.2f} on {', '.join(map(str, options.choose))}")
    if options.report:
        one = together([see(folder, overrides) for folder in options.report], best)
        print(
            f"on {', '.join(map(str, options.report))}: precision {one.precision:.3f}, "
            f"recall {one.recall:.3f}, F1 {one.f1:.3f} of {one.truth} links"
        )


if __name__ == "__main__":
    main()
