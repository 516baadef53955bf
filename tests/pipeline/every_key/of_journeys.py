"""What matching makes of the same sightings."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np

from flows.values import Sighting
from pipeline.runner.linking import prepare_linking
from reid.encoders import Encoder
from tests.flows.matching.streets import two_days
from tests.pipeline.every_key.bench import SITE, Bench
from tracking.match_curve import LogisticCurve

START = 1_715_673_600.0


def journeys(bench: Bench) -> object:
    """Links with their probabilities, and when each was decided, of sightings at three cameras."""
    encoder = cast(Encoder, SimpleNamespace(model_id="circle", threshold=0.9, calibration=None))
    linking = prepare_linking(bench.load(), encoder)
    matcher = linking.new_matcher()
    told: list[object] = [(round(linking.gallery_ttl_s, 3))]
    everybody = sorted(_sightings(), key=lambda one: one.exit_time)
    for watermark in np.arange(START, START + 2400, 60.0):
        ready = [one for one in everybody if watermark - 60 <= one.exit_time < watermark]
        matcher.add(ready)
        told.append(_told(matcher.advance(float(watermark) - 10)))
    told.append(_told(matcher.finish()))
    return told


def journeys_over_links(bench: Bench) -> object:
    """The same where the site file tells how far it is, and so how long it usually takes."""
    links = "links: [{from: A, to: B, distance_m: 420}, {from: B, to: C, distance_m: 420}]\n"
    bench.site.write_text(SITE + links, "utf-8")
    return journeys(bench)


def threshold_of_the_second_day(bench: Bench) -> object:
    """Where pairs stop being candidates when riders of a second day are matched."""
    encoder = cast(Encoder, SimpleNamespace(model_id="circle", threshold=1.4, calibration=None))
    matcher = prepare_linking(bench.load(), encoder).new_matcher()
    matcher.add(two_days(3))
    matcher.finish()
    return matcher.threshold


def links_of_two_ways(bench: Bench) -> object:
    """Links of riders who ride there and back for two days, and head differently each way."""
    curve = LogisticCurve(midpoint=0.9, steepness=8.0)
    encoder = cast(Encoder, SimpleNamespace(model_id="circle", threshold=0.9, calibration=curve))
    matcher = prepare_linking(bench.load(), encoder).new_matcher()
    for one in two_days(3):
        back = int(one.sighting_id[2:]) % 2
        camera = "BA"["AB".index(one.camera)] if back else one.camera
        matcher.add([replace(one, camera=camera, direction="left" if back else "right")])
    return _told(matcher.finish())


def _told(outcome: object) -> object:
    matches, groups = outcome.matches, outcome.journeys  # type: ignore[attr-defined]
    links = [(one.from_sighting, one.to_sighting, round(one.distance, 4), one.probability) for one in matches]
    return links, [[one.sighting_id for one in group.sightings] for group in groups]


def _sightings() -> list[Sighting]:
    dice = np.random.default_rng(5)
    found = []
    for rider in range(60):
        look, time = dice.normal(size=3), START + float(dice.uniform(0, 1800))
        speed_ms = float(dice.choice([1.0, 2.0, 3.5, 5.0, 9.0, 13.0]))
        for camera in "ABC"[: int(dice.integers(1, 4))]:
            seen = look + 0.35 * dice.normal(size=3)
            unit = (seen / np.linalg.norm(seen)).astype(np.float32)
            sighting = f"{camera}{rider}"
            found.append(Sighting(sighting, camera, time, time + 3, "in", 30, 0.0, 1.0, unit, "circle"))
            time += 420 / speed_ms
    return found
