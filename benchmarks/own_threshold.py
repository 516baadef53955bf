"""Does a site find its own threshold, without a label? Streets whose riders the encoder has never seen.

    python -m benchmarks.own_threshold --photographs FOLDER --riders 222 322
    python -m benchmarks.own_threshold --looks FILE.npz

Riders ride along a street with two cameras on two days, some seen by one camera alone. How they look comes
from photographs of real riders by two cameras, blurred as the program blurs them, or from simulated riders
(`benchmarks.travel_time_bias` keeps these). The program starts with a threshold that fits or does not; the
second day is matched with what the first has shown, and scored against who the riders were.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.marked_page import table
from flows.matching import (
    EventTimeMatcher,
    LinkNetwork,
    LinkSettings,
    MatchingSettings,
    link_quality,
    links_from_settings,
)
from flows.matching.own_threshold import DAY_S
from flows.values import Match, Sighting
from reid.encoders import EncoderSettings, build_encoder
from tracking.arrays import FloatArray
from workshop.encoder.calibration import embed_photographs
from workshop.encoder.train import riders_of

ENCODER = Path("pipeline/registry/shipped/cyclist_encoder.onnx")
GIVEN = (0.3, 0.5, 0.7, 0.9)
TRAFFIC = ((60, 200), (60, 1000), (240, 1000))
"""Riders an hour, and riders a day."""
SEEN = 0.7
"""Share of the riders whom a camera sees."""
_SETTINGS = MatchingSettings()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=Path, help="folder of riders photographed by two cameras")
    parser.add_argument(
        "--riders", type=int, nargs=2, default=(222, 322), help="first and last of them, by number"
    )
    parser.add_argument("--looks", type=Path, help="simulated riders")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    asked = parser.parse_args()
    looks = (
        photographed(asked.photographs, tuple(asked.riders)) if asked.photographs else simulated(asked.looks)
    )
    header = (
        "riders an hour", "a day", "given", "learnt", "F1 given", "F1 learnt",
        "precision told", "true", "recall told", "true",
    )  # fmt: skip
    rows = [row(looks, hourly, daily, given, asked.seeds) for hourly, daily in TRAFFIC for given in GIVEN]
    print(f"{len(looks)} riders, {len(asked.seeds)} streets of each kind\n")
    print(table(header, rows))


def photographed(folder: Path, part: tuple[int, int]) -> list[FloatArray]:
    """(2, D) looks of real riders, one from each camera."""
    found = embed_photographs(
        build_encoder(EncoderSettings(name=str(ENCODER))), riders_of(folder, "motorcycle", part)
    )
    order = np.lexsort((~found.query, found.identity))
    return list(found.embedding[order].reshape(-1, 2, found.embedding.shape[1]))


def simulated(file: Path) -> list[FloatArray]:
    """(V, D) looks of simulated riders."""
    return list(np.load(file)["views"])


def row(
    looks: Sequence[FloatArray], hourly: int, daily: int, given: float, seeds: Sequence[int]
) -> list[str]:
    """One line of the table: means over the seeds."""
    found = np.array([street(looks, hourly, daily, given, seed) for seed in seeds])
    learnt, before, after, *told = found.mean(axis=0).tolist()
    return [
        str(hourly),
        str(daily),
        f"{given:.2f}",
        f"{learnt:.2f}",
        *(f"{one:.3f}" for one in (before, after, *told)),
    ]


def street(
    looks: Sequence[FloatArray], hourly: int, daily: int, given: float, seed: int
) -> tuple[float, ...]:
    """Threshold of the second day; F1 with the given one and with it; precision and recall, told and true."""
    sightings, network = ride(looks, hourly, daily, seed)
    fixed, learning = (
        EventTimeMatcher(network, _SETTINGS.model_copy(update={"learn_threshold": learns}), given)
        for learns in (False, True)
    )
    for one in (fixed, learning):
        one.add(sightings)
    plain, learnt = fixed.finish(), learning.finish()
    quality = link_quality(learnt.distances, learning.threshold, learns=False)
    precision, recall, after = score(sightings, learnt.matches)
    told = (np.nan, np.nan) if quality is None else (quality.precision, quality.recall)
    before = score(sightings, plain.matches)[2]
    return learning.threshold, before, after, told[0], precision, told[1], recall


def ride(
    looks: Sequence[FloatArray], hourly: int, daily: int, seed: int
) -> tuple[list[Sighting], LinkNetwork]:
    """Two days of riders from A to B; who comes again is out of the first ride's window by then."""
    dice = np.random.default_rng(seed)
    link = LinkSettings.model_validate({"from": "A", "to": "B", "distance_m": 400.0})
    network = links_from_settings({"A": None, "B": None}, [link], _SETTINGS)
    found: list[Sighting] = []
    deck: list[int] = []
    for day in range(2):
        moments = day * DAY_S + np.cumsum(dice.exponential(3600 / hourly, daily))
        for number, moment in enumerate(moments.tolist()):
            deck = deck or dice.permutation(len(looks)).tolist()
            views = looks[deck.pop()]
            first, second = views[dice.permutation(len(views))[:2]] if len(views) > 2 else views
            travel_s = 400 / 4.4 * float(np.exp(dice.normal(0, 0.25)))
            for camera, look, enter in (("A", first, moment), ("B", second, moment + travel_s)):
                if dice.random() < SEEN:
                    found.append(_sighting(f"{camera}{day}{number:05d}", camera, enter, look))
    return found, network


def score(sightings: Sequence[Sighting], matches: Sequence[Match]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the links of the second day."""
    second = {one.sighting_id for one in sightings if one.sighting_id[1] == "1"}
    truth = sum(f"B{one[1:]}" in second for one in second if one[0] == "A")
    claimed = [one for one in matches if one.from_sighting in second]
    right = sum(one.from_sighting[1:] == one.to_sighting[1:] for one in claimed)
    return right / max(len(claimed), 1), right / truth, 2 * right / (len(claimed) + truth)


def _sighting(name: str, camera: str, enter: float, look: FloatArray) -> Sighting:
    moment = round(enter, 6)
    blank = Sighting(name, camera, moment, moment + 3, "", 30, 0.0, 1.0, None, "shipped")
    return replace(blank, embedding=look)


if __name__ == "__main__":
    main()
