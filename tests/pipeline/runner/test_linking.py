"""What decides which sightings are one rider's: the site, and where it is silent the model card."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.database import FlowStore
from flows.values import Sighting
from pipeline.configuration import Configuration, load_configuration
from pipeline.runner.linking import Linking, prepare_linking
from tests.flows.matching.streets import seen
from tests.flows.written import MORNING, Ride, describe, write_run
from tests.pipeline.fakes import ListedEncoder
from tracking.errors import UsageError
from tracking.match_curve import LogisticCurve

SITE = """
site: test
timezone: UTC
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
  - {id: B, source: b.mp4, start: 2024-05-14T08:00:00}
links:
  - {from: A, to: B, min_travel_s: 5, max_travel_s: 40}
"""
CARD = LogisticCurve(midpoint=0.3, steepness=20.0)
SITE_CURVE = {"kind": "logistic", "midpoint": 0.7, "steepness": 5.0}


def site(folder: Path, **changes: object) -> Configuration:
    (folder / "site.yaml").write_text(SITE)
    return load_configuration(folder / "site.yaml", changes)


def linking(folder: Path, encoder: ListedEncoder | None = None, **changes: object) -> Linking:
    return prepare_linking(site(folder, **changes), encoder or ListedEncoder())


def test_the_cards_curve_and_threshold_count_where_the_site_gives_none(tmp_path: Path) -> None:
    found = linking(tmp_path, ListedEncoder(threshold=0.45, calibration=CARD))
    assert found.threshold == 0.45
    assert found.settings.calibration == LogisticCurve(midpoint=0.3, steepness=20.0)


def test_the_site_comes_before_the_card(tmp_path: Path) -> None:
    encoder = ListedEncoder(threshold=0.45, calibration=CARD)
    given = {"matching.threshold": 0.9, "matching.calibration": SITE_CURVE}
    found = linking(tmp_path, encoder, **given)
    assert found.threshold == 0.9
    assert found.settings.calibration == LogisticCurve(midpoint=0.7, steepness=5.0)


def test_without_any_curve_there_is_none(tmp_path: Path) -> None:
    assert linking(tmp_path).settings.calibration is None


def test_without_any_threshold_the_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"matching\.threshold: the model 'listed' was never calibrated"):
        linking(tmp_path, ListedEncoder(threshold=None))


@pytest.mark.parametrize(
    ("longest_s", "lag_s"),
    [
        pytest.param(40, 80.0, id="short ways: twice the longest"),
        pytest.param(600, 960.0, id="longer ones: no more than the sixteen minutes of max_travel_s"),
        pytest.param(1600, 2000.0, id="very long ones: a quarter more than the longest"),
    ],
)
def test_decisions_wait_for_twice_the_longest_way_within_bounds(
    tmp_path: Path, longest_s: int, lag_s: float
) -> None:
    way = [{"from": "A", "to": "B", "min_travel_s": 5, "max_travel_s": longest_s}]
    found = linking(tmp_path, links=way)
    assert found.settings.commit_lag_s == pytest.approx(lag_s)
    assert found.gallery_ttl_s == pytest.approx(lag_s), "an embedding is kept as long as it may be needed"
    assert found.gallery_ttl_s >= longest_s


def test_a_lag_that_the_site_gives_is_kept(tmp_path: Path) -> None:
    found = linking(tmp_path, **{"matching.commit_lag_s": 55.0})
    assert (found.settings.commit_lag_s, found.gallery_ttl_s) == (55.0, 55.0)


def test_a_lag_shorter_than_a_way_is_refused_before_work_begins(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"matching\.commit_lag_s: 10 s is shorter"):
        linking(tmp_path, **{"matching.commit_lag_s": 10.0})


def test_a_site_without_ways_links_nobody_and_keeps_nothing(tmp_path: Path) -> None:
    found = linking(tmp_path, links=[])
    matcher = found.new_matcher()
    matcher.add([seen("A1", 0), seen("B1", 20)])
    assert matcher.finish().matches == ()
    assert found.gallery_ttl_s == 0.0


RIDE: tuple[Sighting, ...] = (seen("A1", 0), seen("B1", 20), seen("A2", 30), seen("B2", 55))


@pytest.mark.parametrize("watermark", [None, 10.0, 25.0])
def test_a_matcher_taken_up_again_finds_what_it_would_have_found(
    tmp_path: Path, watermark: float | None
) -> None:
    found = linking(tmp_path)
    store = FlowStore.open(str(tmp_path / "flows.db"))
    run_id = store.begin_run(describe()).run_id
    for one in RIDE[:2]:
        store.save_progress(run_id, one.camera, [one], [(0.0, 100.0)], "here")
    if watermark is not None:
        store.save_matching(run_id, watermark, (), (), forget_before=-100.0)
    matcher = found.restored_matcher(store, run_id)
    store.close()
    matcher.add(RIDE[2:])
    pairs = {(match.from_sighting, match.to_sighting) for match in matcher.finish().matches}
    assert pairs == {("A1", "B1"), ("A2", "B2")}
    assert matcher.watermark >= (watermark or 0.0)


def test_a_new_run_goes_on_with_the_travel_times_of_the_runs_before(tmp_path: Path) -> None:
    """Of two who look alike the one is taken whose travel time was usual on the day before."""
    found = linking(tmp_path, **{"matching.travel_time_weight": 0.1})
    store = FlowStore.open(str(tmp_path / "flows.db"))
    rides = [Ride((("A", MORNING + 60 * n), ("B", MORNING + 60 * n + 33))) for n in range(50)]
    day = 86_400.0
    sightings = [
        replace(one, enter_time=one.enter_time + MORNING + day, exit_time=one.exit_time + MORNING + day)
        for one in (seen("A1", 0.0, 6.0), seen("A2", 22.0, 4.0), seen("B1", 33.0, 0.0))
    ]
    pairs = []
    for site_before in ("elsewhere", "street"):
        write_run(
            store,
            rides,
            {"A": [(MORNING, MORNING + 4e3)], "B": [(MORNING, MORNING + 4e3)]},
            describe(site_before, "AB", site_before),
        )
        run_id = store.begin_run(describe(f"next to {site_before}", "AB")).run_id
        matcher = found.restored_matcher(store, run_id)
        matcher.add(sightings)
        pairs += [(one.from_sighting, one.to_sighting) for one in matcher.finish().matches]
    store.close()
    assert pairs == [("A2", "B1"), ("A1", "B1")]
