"""With perfect boxes and embeddings the chain is right; all other errors belong to detector and encoder."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from flows.accuracy import Passages, Spans, exact_journeys, wrong_links
from pipeline.replay import replay_site
from simulation import Recording, create_world, load_scenario, scenario_names, simulate
from simulation.world import CYCLISTS, Kind
from tests.pipeline.replay.conftest import SHORT_S, START, Replay
from tracking.arrays import BoolArray

WITHOUT_OUTAGES = tuple(name for name in scenario_names() if name != "gaps")
BESIDE_S = 3.0
"""A tracklet is closed, and its pieces are joined, within so many seconds."""


def lengths(scenario: str, *cases: object) -> list[object]:
    """Each case as short as the scenario's riders allow, and whole where that is longer."""
    whole = pytest.mark.long
    return [(case, False) for case in cases] + [
        pytest.param(case, True, marks=whole) for case in cases if scenario in SHORT_S
    ]


@pytest.mark.parametrize(
    ("scenario", "whole"), [case for name in WITHOUT_OUTAGES for case in lengths(name, name)]
)
def test_counts_links_and_matrix_are_exactly_right(replayed: Replay, scenario: str, whole: bool) -> None:
    scores = replayed(scenario, whole=whole).evaluation.scores
    links = scores.links.whole_chain
    assert scores.truth >= 15, f"{scenario}: only {scores.truth} passages prove nothing"
    counts = {camera.camera: (camera.truth, camera.counted, camera.matched) for camera in scores.cameras}
    assert all(true == counted == matched for true, counted, matched in counts.values()), counts
    assert links.f1 >= 0.999, f"{links.correct} of {links.truth} links right, {links.claimed} claimed"
    assert scores.matrix.relative_error == 0, [c for c in scores.matrix.cells if c.truth != c.estimate]
    assert scores.journeys.idf1 == pytest.approx(1.0)
    assert sum(camera.passages_missed for camera in scores.coverage) == 0


@pytest.mark.parametrize(
    ("scenario", "whole"), [case for name in ("rush_hour", "clock_offset") for case in lengths(name, name)]
)
def test_travel_times_are_right_to_the_clocks(replayed: Replay, scenario: str, whole: bool) -> None:
    times = replayed(scenario, whole=whole).evaluation.scores.travel_times
    assert times.median_error_s is not None
    assert times.median_error_s < (4.0 if scenario == "clock_offset" else 0.3), times.pairs
    assert times.unknown_pairs == times.invented_pairs == 0


def beside_gaps(passages: Passages, observed: tuple[Spans, ...]) -> BoolArray:
    """Mark the passages during, just before or just after which something was not observed, (N,)."""
    marked = np.zeros(len(passages), bool)
    for number, spans in enumerate(observed):
        own = passages.camera == number
        start, end = passages.enter[own] - BESIDE_S, passages.exit[own] + BESIDE_S
        marked[own] = spans.within(start, end) < end - start - 1e-6
    return marked


@pytest.mark.parametrize(("seed", "whole"), lengths("gaps", 7, 8))
def test_with_outages_every_error_lies_beside_unobserved_time(
    replayed: Replay, seed: int, whole: bool
) -> None:
    city = replayed("gaps", seed=seed, whole=whole)
    found, observed = city.evaluation.found, city.stored.observed
    assert found.truth.cameras == city.stored.passages.cameras
    lost = beside_gaps(city.truth.passages, observed)
    assert lost.any(), "no outage met a rider: nothing is proved"

    shown = np.zeros(len(city.truth.passages), bool)
    for passage in found.partner[found.partner >= 0].tolist():
        same = (city.truth.passages.camera == found.truth.camera[passage]) & (
            city.truth.passages.enter == found.truth.enter[passage]
        )
        shown |= same & (city.truth.passages.exit == found.truth.exit[passage])
    assert not (~shown & ~lost).any(), f"{(~shown & ~lost).sum()} riders missed in observed time"
    invented = (found.partner < 0) & ~beside_gaps(found.estimate, observed)
    assert not invented.any(), f"{invented.sum()} sightings of nobody in observed time"

    beside = beside_gaps(found.estimate, observed)
    wrong = [pair for pair in wrong_links(found).tolist() if not beside[pair].any()]
    assert not wrong, f"wrong links in observed time: {wrong}"


@pytest.mark.parametrize(("seed", "whole"), lengths("gaps", 7, 8))
def test_with_outages_journeys_in_observed_time_are_exactly_right(
    replayed: Replay, seed: int, whole: bool
) -> None:
    city = replayed("gaps", seed=seed, whole=whole)
    passages, found = city.truth.passages, city.evaluation.found
    touched = set(passages.journey[beside_gaps(passages, city.stored.observed)].tolist())
    right = {
        (passages.cameras[found.truth.camera[first]], float(found.truth.enter[first]))
        for first, exact in zip(found.truth.journey_bounds()[0], exact_journeys(found), strict=True)
        if exact
    }
    whole = [j for j in range(int(passages.journey.max()) + 1) if j not in touched]
    assert len(whole) > 10, "hardly a journey is left to be right"
    for journey in whole:
        first = int(np.flatnonzero(passages.journey == journey)[0])
        start = passages.cameras[passages.camera[first]], float(passages.enter[first])
        assert start in right, f"the journey that begins at {start} lies in observed time, but is not right"


def test_the_database_claims_no_time_that_was_not_recorded(replayed: Replay) -> None:
    for camera in replayed("gaps").evaluation.scores.coverage:
        assert camera.claimed_too_much_s is not None
        assert camera.claimed_too_much_s < 2.5, camera


def test_every_cycle_is_one_and_what_a_motor_moves_is_none(tmp_path: Path) -> None:
    """A faultless detector that also sees e-scooters (persons) and mopeds (motorcycles)."""
    settings = load_scenario("mixed_vehicles").adapted(detections_only=True, perfect=True)
    world = create_world(settings, cameras=1, duration_s=60, start=START, seed=13)
    simulate(tmp_path, Recording(world, (640, 360), 10.0))
    with (tmp_path / "truth" / "classes.csv").open() as file:
        kinds = {row["identity"]: row["class"] for row in csv.DictReader(file)}
    boxes = (tmp_path / "truth" / "boxes_A.txt").read_text().splitlines()
    seen = Counter({line.split(",")[1]: kinds[line.split(",")[1]] for line in boxes}.values())
    others = (Kind.E_SCOOTER, Kind.MOPED, Kind.SCOOTER)
    assert all(seen[kind.value] for kind in (*CYCLISTS, *others)), f"somebody is missing: {seen}"
    summary = replay_site(tmp_path, {"database": f"sqlite:///{tmp_path / 'flows.db'}"})
    cycles = json.loads((tmp_path / "truth" / "parameters.json").read_text())["passages"]
    assert sum(camera.cyclists for camera in summary.cameras) == cycles >= 8, seen
