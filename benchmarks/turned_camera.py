"""What a camera that is hung up on the other side of the street costs, until its headings are learnt anew.

    python -m benchmarks.turned_camera --looks FILE.npz [--memory 50 200 800 100000] [--hours 3]

Streets without pixels, as in `benchmarks.travel_time_bias`, which also makes the file of looks. After half of
the time the busiest camera sees left and right the other way round. Told is the F1 of the links that touch
it, hour by hour, for several numbers of matches that a link remembers, and of the same hours where nobody
touched the camera.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.marked_page import table
from benchmarks.travel_time_bias import Ride, linked, ride
from flows.matching import MatchingSettings, headings
from reid.encoders import EncoderSettings, build_encoder

SPEED_KMH = 16.0
_OTHER = {"left": "right", "right": "left"}
_HOUR_S = 3600.0


def turned(one: Ride, hours: float) -> tuple[Ride, str, float]:
    """The same street with its busiest camera turned, the camera, and the moment."""
    camera, _ = Counter(seen.camera for seen in one.sightings).most_common(1)[0]
    moment = one.sightings[0].enter_time + hours * _HOUR_S
    sightings = [
        replace(seen, direction=_OTHER[seen.direction])
        if seen.camera == camera and seen.enter_time >= moment
        else seen
        for seen in one.sightings
    ]
    return replace(one, sightings=sightings), camera, moment


def by_hour(
    one: Ride, camera: str, moment: float, settings: MatchingSettings, threshold: float
) -> Counter[tuple[str, int]]:
    """Links that touch a camera, true, made and right, by hour since a moment."""
    entered = {seen.sighting_id: seen.enter_time for seen in one.sightings}
    found, numbers = linked(one, settings, threshold), Counter[tuple[str, int]]()
    for what, links in (
        ("true", one.truth),
        ("made", found),
        ("right", {key: found[key] for key in one.truth.keys() & found.keys()}),
    ):
        for (_, later), (ends, _) in links.items():
            if camera in ends and entered[later] >= moment:
                numbers[what, int((entered[later] - moment) // _HOUR_S)] += 1
    return numbers


def row_of(numbers: Counter[tuple[str, int]], hours: int) -> list[str]:
    """F1 of each hour."""
    sums = [[numbers[what, hour] for what in ("true", "made", "right")] for hour in range(hours)]
    return [f"{2 * right / (true + made):.3f}" if true else "–" for true, made, right in sums]


def measured(
    rides: Sequence[Ride], hours: int, settings: MatchingSettings, threshold: float, *, turn: bool
) -> list[str]:
    """F1 of each hour after the turn, over some streets."""
    numbers = Counter[tuple[str, int]]()
    for one in rides:
        other, camera, moment = turned(one, hours)
        numbers += by_hour(other if turn else one, camera, moment, settings, threshold)
    return row_of(numbers, hours)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--looks", type=Path, required=True, help="embedded riders of travel_time_bias")
    parser.add_argument(
        "--encoder", type=Path, default=Path("pipeline/registry/shipped/cyclist_encoder.onnx")
    )
    parser.add_argument("--threshold", type=float, default=0.50)
    parser.add_argument("--memory", type=int, nargs="+", default=[headings.MEMORY])
    parser.add_argument("--hours", type=int, default=3, help="before the turn, and after it")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    looks = list(np.load(options.looks)["views"])
    curve = build_encoder(EncoderSettings(name=str(options.encoder))).calibration
    rides = [ride((SPEED_KMH,), 1.0, looks, 2.0 * options.hours, seed) for seed in options.seeds]
    rows = []
    for memory in options.memory:
        headings.MEMORY = memory
        settings = MatchingSettings(calibration=curve)
        for name, turn in (("turned", True), ("as it was", False)):
            found = measured(rides, options.hours, settings, options.threshold, turn=turn)
            rows.append((str(memory), name, *found))
            print(*rows[-1], sep="  ", flush=True)
    without = MatchingSettings(calibration=curve, learn_headings=False)
    found = measured(rides, options.hours, without, options.threshold, turn=True)
    rows.append(("–", "without headings", *found))
    hours = (f"hour {number}" for number in range(1, options.hours + 1))
    print(table(("matches remembered", "camera", *hours), rows))


if __name__ == "__main__":
    main()
