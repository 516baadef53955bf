"""Are measured travel times those that were ridden? Streets of several speeds, links of wrong length.

    python -m benchmarks.travel_time_bias [--looks FILE.npz] [--hours 3] [--seeds 1 2 3] [--no-headings]

Riders of simulated cities are drawn and embedded once by the shipped encoder (`--looks` keeps them). Then
streets are ridden without pixels: every rider looks like one of them, and every passage differs from the
rider's mean look as some passage of somebody differed from that rider's. Cameras miss 3 % of the passages,
the rest is matched as the program does it, and the percentiles of what was linked are held against those of
all true links.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.marked_page import table
from flows.matching import EventTimeMatcher, LinkSettings, MatchingSettings, links_from_settings
from flows.values import Sighting
from reid.encoders import EncoderSettings, build_encoder
from simulation import load_scenario
from simulation.demand import draw_visits
from simulation.network import Network, build_network
from simulation.settings import Scenario
from simulation.streams import Purpose, stream
from tracking.arrays import FloatArray
from workshop.encoder.calibration import render
from workshop.encoder.recipe import load_recipe

STREETS: dict[str, tuple[float, ...]] = {
    "9 km/h": (9.0,),
    "16 km/h": (16.0,),
    "22 km/h": (22.0,),
    "9, 16 and 22 km/h": (9.0, 16.0, 22.0),
}
LENGTHS = (0.8, 1.0, 1.2)
PERCENTILES = (15, 50, 85)
CAMERAS = 4
MISSED = 0.03
LEAST_RIDERS = 100
"""A link over which fewer rode says nothing of a percentile."""
_START_S = datetime(2024, 5, 14, 6, tzinfo=UTC).timestamp()
_VIEWS = 12

Ends = tuple[str, str]
Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ride:
    """One street with what its cameras saw.

    Attributes:
        links: Of the site file; their lengths are wrong by a factor.
        sightings: Of all cameras.
        truth: True links between sightings: ends and seconds.
    """

    links: list[LinkSettings]
    sightings: list[Sighting]
    truth: dict[Link, tuple[Ends, float]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What matching made of some streets.

    Attributes:
        true: True links.
        claimed: Links made.
        right: Of them.
        biases: (L, 3) seconds by which the percentiles of each link are off.
        percentiles: (L, 3) the true ones.
    """

    true: int
    claimed: int
    right: int
    biases: FloatArray
    percentiles: FloatArray


def draw_looks(encoder: Path) -> list[FloatArray]:
    """Views of each of some hundred simulated riders, embedded, (V, D) each, however often they were seen."""
    seen: list[FloatArray] = []
    network = build_encoder(EncoderSettings(name=str(encoder)))
    for world in render(load_recipe("full").test_worlds, "test", print):
        embedded = world.embedded(network)
        riders = defaultdict(list)
        for passage, row in zip(embedded.passages, embedded.embedding, strict=True):
            riders[passage.rider].append(row)
        seen += [np.stack(rows) for rows in riders.values() if len(rows) > 1]
    means = [rows.mean(axis=0) for rows in seen]
    # A mean of few views lies nearer to each of them than the rider's own would.
    wide = [np.sqrt(len(rows) / (len(rows) - 1)) for rows in seen]
    apart = np.concatenate([by * (rows - mean) for rows, mean, by in zip(seen, means, wide, strict=True)])
    dice = np.random.default_rng(0)
    return [_unit(mean + apart[dice.integers(0, len(apart), _VIEWS)]) for mean in means]


def ride(
    speeds: Sequence[float], length: float, looks: Sequence[FloatArray], hours: float, seed: int
) -> Ride:
    """Let riders of one or several kinds ride through a city."""
    network = build_network(CAMERAS, stream(seed, Purpose.NETWORK), bypasses=True)
    dice = np.random.default_rng(seed)
    deck: list[int] = []
    look_of: dict[int, int] = {}
    journeys = defaultdict(list)
    sightings = []
    for time_s, camera, rider, journey, heading in sorted(_visits(network, speeds, hours, seed)):
        if dice.random() < MISSED:
            continue
        if rider not in look_of:
            deck = deck or dice.permutation(len(looks)).tolist()
            look_of[rider] = deck.pop()
        view = looks[look_of[rider]][int(dice.integers(0, _VIEWS))]
        moment = round(_START_S + time_s, 6)
        one = Sighting(
            f"{len(sightings):06d}",
            network.names[camera],
            moment,
            moment + 3,
            heading,
            30,
            0.0,
            1.0,
            view,
            "shipped",
        )
        sightings.append(one)
        journeys[rider, journey].append(one)
    lengths = _lengths(network)
    truth = {
        (a.sighting_id, b.sighting_id): ((a.camera, b.camera), b.enter_time - a.enter_time)
        for stops in journeys.values()
        for a, b in pairwise(stops)
        if (a.camera, b.camera) in lengths
    }
    links = [
        LinkSettings.model_validate({"from": a, "to": b, "distance_m": metres * length})
        for (a, b), metres in sorted(lengths.items())
    ]
    return Ride(links, sightings, truth)


def measure(rides: Sequence[Ride], settings: MatchingSettings, threshold: float) -> Outcome:
    """Match streets, and hold what was linked against the truth."""
    true = claimed = right = 0
    biases, percentiles = [], []
    for one in rides:
        found = linked(one, settings, threshold)
        true, claimed = true + len(one.truth), claimed + len(found)
        right += len(one.truth.keys() & found.keys())
        ridden, measured = _by_link(one.truth.values()), _by_link(found.values())
        for ends, seconds in ridden.items():
            if len(seconds) >= LEAST_RIDERS and ends in measured:
                percentiles.append(np.percentile(seconds, PERCENTILES))
                biases.append(np.percentile(measured[ends], PERCENTILES) - percentiles[-1])
    return Outcome(true, claimed, right, np.array(biases), np.array(percentiles))


def row_of(outcome: Outcome) -> tuple[str, ...]:
    """Precision, recall, F1, and the mean bias of the percentiles over the links, with its standard error."""
    precision, recall = outcome.right / outcome.claimed, outcome.right / outcome.true
    means, errors = outcome.biases.mean(axis=0), outcome.biases.std(axis=0) / np.sqrt(len(outcome.biases))
    shares = means / outcome.percentiles.mean(axis=0)
    return (
        str(outcome.true),
        f"{precision:.3f}",
        f"{recall:.3f}",
        f"{2 * precision * recall / (precision + recall):.3f}",
        *(
            f"{mean:+.1f} ± {error:.1f} s ({share:+.1%})"
            for mean, error, share in zip(means, errors, shares, strict=True)
        ),
    )


def _visits(
    network: Network, speeds: Sequence[float], hours: float, seed: int
) -> Iterator[tuple[float, int, int, int, str]]:
    for kind, speed in enumerate(speeds):
        scenario = _scenario(speed, 300 / len(speeds))
        for visit in draw_visits(scenario, network, hours * 3600, 6.0, seed + 1000 * kind):
            heading = "left" if visit.heading < 0 else "right"
            yield visit.time_s, visit.camera, visit.actor.identity + 10**6 * kind, visit.journey, heading


def _scenario(speed_kmh: float, riders_per_hour: float) -> Scenario:
    calm = load_scenario("calm")
    travel = calm.travel.model_copy(update={"speed_kmh": speed_kmh})
    return calm.adapted(riders_per_hour=riders_per_hour).model_copy(update={"travel": travel})


def _lengths(network: Network) -> dict[Ends, float]:
    found: dict[Ends, float] = {}
    for street in network.streets:
        a, b = (network.names[camera] for camera in street.cameras)
        for ends in ((a, b), (b, a)):
            found[ends] = min(street.distance_m, found.get(ends, street.distance_m))
    return found


def linked(one: Ride, settings: MatchingSettings, threshold: float) -> dict[Link, tuple[Ends, float]]:
    """The links that the program makes of a street: ends and seconds."""
    cameras = {sighting.sighting_id: sighting.camera for sighting in one.sightings}
    network = links_from_settings(dict.fromkeys(cameras.values()), one.links, settings)
    matcher = EventTimeMatcher(network, settings, threshold)
    matcher.add(one.sightings)
    return {
        (match.from_sighting, match.to_sighting): (
            (cameras[match.from_sighting], cameras[match.to_sighting]),
            match.travel_s,
        )
        for match in matcher.finish().matches
    }


def _by_link(legs: Iterable[tuple[Ends, float]]) -> dict[Ends, list[float]]:
    found: dict[Ends, list[float]] = defaultdict(list)
    for ends, seconds in legs:
        found[ends].append(seconds)
    return found


def _unit(rows: FloatArray) -> FloatArray:
    unit: FloatArray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--encoder", type=Path, default=Path("pipeline/registry/shipped/cyclist_encoder.onnx")
    )
    parser.add_argument("--threshold", type=float, default=0.50)
    parser.add_argument("--looks", type=Path, help="where embedded riders are kept, for the next time")
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--weight", type=float, nargs="+", default=[MatchingSettings().travel_time_weight])
    parser.add_argument("--no-headings", action="store_true", help="links by looks and times alone")
    options = parser.parse_args()
    if options.looks is not None and options.looks.is_file():
        looks = list(np.load(options.looks)["views"])
    else:
        looks = draw_looks(options.encoder)
        if options.looks is not None:
            np.savez(options.looks, views=np.stack(looks))
    curve = build_encoder(EncoderSettings(name=str(options.encoder))).calibration
    rows = []
    for name, speeds in STREETS.items():
        for length in LENGTHS:
            rides = [ride(speeds, length, looks, options.hours, seed) for seed in options.seeds]
            for weight in options.weight:
                settings = MatchingSettings(
                    travel_time_weight=weight,
                    learn_headings=not options.no_headings,
                    calibration=curve,
                )
                outcome = measure(rides, settings, options.threshold)
                rows.append((name, f"{length:.0%}", f"{weight:g}", *row_of(outcome)))
                print(*rows[-1], sep="  ", flush=True)
    heads = ("street", "length", "weight", "links", "precision", "recall", "F1", "15 %", "median", "85 %")
    print(table(heads, rows))


if __name__ == "__main__":
    main()
