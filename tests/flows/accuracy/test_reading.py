"""Truth from files, and what a run stored, from real databases."""

from pathlib import Path

import numpy as np
import pytest

from flows.accuracy import evaluate, read_stored, read_truth
from flows.database import FlowStore
from tests.flows.accuracy.rides import Stop, write_truth
from tests.flows.written import MORNING, Ride, describe, random_rides, write_run
from tracking.errors import UsageError

HEADER = "camera,enter_epoch_s,exit_epoch_s,direction,journey,position"


def test_a_run_that_stored_the_truth_is_perfect_in_either_database(store: FlowStore, tmp_path: Path) -> None:
    rides = random_rides(seed=4, count=60, hours=1.5)
    write_run(store, rides, {camera: [(MORNING, MORNING + 7200)] for camera in "ABCD"})
    stops = [[Stop(camera, at, 3.5, one.direction) for camera, at in one.stops] for one in rides]
    scores = evaluate(read_truth(write_truth(tmp_path / "truth", stops)), read_stored(store.database)).scores
    assert (scores.counted, scores.truth) == (sum(len(one.stops) for one in rides),) * 2
    assert (scores.passage_f1, scores.links.whole_chain.f1, scores.journeys.idf1) == (1.0, 1.0, 1.0)
    assert scores.matrix.relative_error == 0.0
    assert scores.travel_times.median_error_s == pytest.approx(0.0, abs=1e-6)


def test_observed_time_comes_from_the_database(sqlite_store: FlowStore) -> None:
    observed = {
        "A": [(MORNING, MORNING + 60), (MORNING + 90, MORNING + 120)],
        "B": [(MORNING, MORNING + 120)],
    }
    write_run(sqlite_store, [Ride((("A", MORNING + 5),))], observed)
    stored = read_stored(sqlite_store.database)
    assert stored.passages.cameras == ("A", "B")
    assert [spans.total_s for spans in stored.observed] == [90.0, 120.0]
    np.testing.assert_allclose(stored.passages.enter, [MORNING + 5])


def test_outages_of_the_truth_are_held_against_the_coverage(sqlite_store: FlowStore, tmp_path: Path) -> None:
    write_run(sqlite_store, [Ride((("A", MORNING + 5),))], {"A": [(MORNING, MORNING + 100)], "B": []})
    folder = write_truth(tmp_path / "truth", [[Stop("A", MORNING + 5, 3.5)]])
    outage = f"camera,start_epoch_s,end_epoch_s\nA,{MORNING + 40},{MORNING + 60}\n"
    (folder / "outages.csv").write_text(outage, encoding="utf-8")
    coverage = evaluate(read_truth(folder), read_stored(sqlite_store.database)).scores.coverage
    assert (coverage[0].recorded_s, coverage[0].claimed_too_much_s) == (80.0, 20.0)
    assert coverage[1].coverage == 0.0


def test_one_of_several_sites_must_be_named(sqlite_store: FlowStore) -> None:
    for site in ("street", "square"):
        observed = {"A": [(MORNING, MORNING + 60)]}
        write_run(sqlite_store, [], observed, describe(site, cameras="A", site=site))
    with pytest.raises(UsageError, match="choose one of square, street"):
        read_stored(sqlite_store.database)
    with pytest.raises(UsageError, match="has no 'lane'"):
        read_stored(sqlite_store.database, "lane")
    assert read_stored(sqlite_store.database, "square").site == "square"


def test_an_empty_database_is_one_sentence(sqlite_store: FlowStore) -> None:
    with pytest.raises(UsageError, match="holds no site yet"):
        read_stored(sqlite_store.database)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "holds no passages"),
        ("camera,journey\nA,1\n", "lacks the column enter_epoch_s"),
        (f"{HEADER}\nA,soon,5,left,1,1\n", "'soon' is no number"),
        (f"{HEADER}\nA,5,6,left,1\n", "line 2 is cut off"),
        ("", "lacks the column camera"),
    ],
)
def test_a_wrong_truth_is_one_sentence(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / "passages.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_truth(tmp_path)
    assert sentence in str(error.value), error.value
