"""Why a counted rider was linked to nobody: one small street for each reason."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path

import pytest

from flows.database import FlowStore
from flows.matching import (
    CameraLink,
    EventTimeMatcher,
    LinkNetwork,
    MatchingSettings,
    TravelTime,
    TravelWindow,
)
from flows.values import Sighting
from pipeline.reasons import Explained, ReasonsFile, read_reasons
from pipeline.reasons.rows import What
from tests.flows.matching.streets import seen, street
from tests.flows.written import MORNING, describe

THRESHOLD = 0.8
NETWORK = street(("AB", 20, 60))


@dataclass(frozen=True)
class Street:
    """A database with its reasons beside it.

    Attributes:
        folder: Where they lie.
        network: Which camera can follow which.
        settings: Of the matching.
    """

    folder: Path
    network: LinkNetwork = NETWORK
    settings: MatchingSettings = field(default_factory=MatchingSettings)

    def run(
        self, *sightings: Sighting, name: str = "first", b_until_s: float = 3600.0, noting: bool = True
    ) -> dict[str, Explained]:
        """Count and link sightings; id of each that is told → its row."""
        store = FlowStore.open(str(self.folder / "flows.db"))
        run_id = store.begin_run(describe(name)).run_id
        moved = [moved_to_morning(one) for one in sightings]
        with ReasonsFile.at(self.folder / "why.csv", UTC) as reasons:
            reasons.begin(run_id)
            observe = reasons.observer() if noting else None
            matcher = EventTimeMatcher(self.network, self.settings, THRESHOLD, observe)
            save(store, run_id, moved, b_until_s)
            matcher.add(moved)
            outcome = matcher.finish()
            store.save_matching(run_id, MORNING, outcome.matches, outcome.journeys, forget_before=MORNING)
            store.finish_run(run_id)
            reasons.tell_unlinked(store.database, self.network)
        store.close()
        rows = [one for one in read_reasons(self.folder / "why.csv") if one.what is What.SIGHTING]
        linked = {one for match in outcome.matches for one in (match.from_sighting, match.to_sighting)}
        assert len(rows) + len(linked) == len(sightings)
        places = {(one.camera, one.enter_time): one.sighting_id for one in moved}
        told = {places[row.camera, row.start.timestamp()]: row for row in rows}
        assert told.keys() == {one.sighting_id for one in sightings} - linked
        return told


def save(store: FlowStore, run_id: str, sightings: Sequence[Sighting], b_until_s: float = 3600.0) -> None:
    """Keep sightings of cameras that watched for an hour; B for as long as is said."""
    for camera in "ABC":
        own = [one for one in sightings if one.camera == camera]
        watched_s = b_until_s if camera == "B" else 3600.0
        store.save_progress(run_id, camera, own, [(MORNING, MORNING + watched_s)], "end")


def moved_to_morning(one: Sighting) -> Sighting:
    quality = 0.0 if one.embedding is None else 0.9
    enter, leave = one.enter_time + MORNING, one.exit_time + MORNING
    return replace(one, enter_time=enter, exit_time=leave, quality=quality)


@pytest.fixture
def place(tmp_path: Path) -> Street:
    return Street(tmp_path)


def measured(row: Explained) -> tuple[str, float | None, float | None, str | None, str]:
    return row.reason, row.value, row.limit, row.unit, row.other_camera


def test_a_camera_without_links(place: Street) -> None:
    told = place.run(seen("C1", 0.0), seen("A1", 0.0), seen("B1", 30.0))
    assert {key: measured(row) for key, row in told.items()} == {"C1": ("no_link", None, None, None, "")}
    assert told["C1"].margin is None


def test_no_crop_was_good_enough_here_or_there(place: Street) -> None:
    told = place.run(seen("A1", 0.0, None), seen("B1", 30.0))
    assert told["A1"].reason == "no_embedding"
    assert told["B1"].reason == "no_embedding_there"


def test_nobody_looked_alike(place: Street) -> None:
    told = place.run(seen("A1", 0.0), seen("A2", 1.0, 180.0), seen("B1", 30.0, 60.0))
    assert measured(told["B1"]) == ("too_unlike", 1.0, 0.8, "distance", "A"), "60 degrees apart is 1.0 apart"
    assert told["B1"].margin == pytest.approx(-0.3219, abs=1e-4), "log2(0.8 / 1.0)"
    assert measured(told["A1"]) == ("too_unlike", 1.0, 0.8, "distance", "B")
    assert told["A2"].value == pytest.approx(1.7321, abs=1e-4), "120 degrees apart"


def test_the_nearest_was_taken(place: Street) -> None:
    told = place.run(seen("A1", 0.0), seen("A2", 1.0, 30.0), seen("B1", 30.0, 10.0))
    reason, value, limit, unit, camera = measured(told["A2"])
    assert (reason, unit, camera) == ("taken", "distance", "B")
    assert value == pytest.approx(0.3473, abs=1e-4), "20 degrees apart"
    assert limit == pytest.approx(0.1743, abs=1e-4), "the other one was 10 degrees apart"
    assert told["A2"].margin == pytest.approx(-0.994, abs=1e-3)


def test_the_nearest_was_taken_by_one_who_came_later(place: Street) -> None:
    told = place.run(seen("A1", 0.0), seen("B1", 30.0, 30.0), seen("B2", 31.0, 10.0))
    assert told.keys() == {"B1"}
    assert (told["B1"].reason, told["B1"].other_camera) == ("taken", "A")
    assert told["B1"].limit == pytest.approx(0.1743, abs=1e-4)


def test_the_nearest_went_to_somebody_with_a_more_usual_travel_time(place: Street) -> None:
    usual = CameraLink("A", "B", TravelWindow(5, 100), TravelTime(20.0, 0.3))
    odd = replace(place, network=LinkNetwork([usual]), settings=MatchingSettings(travel_time_weight=0.1))
    told = odd.run(seen("A1", 0.0, 10.0), seen("A2", 62.0, 15.0), seen("B1", 80.0))
    assert told.keys() == {"A1"}
    assert (told["A1"].reason, told["A1"].unit, told["A1"].other_camera) == ("unusual_time", "distance", "B")
    cost, rival_cost = told["A1"].value or 0.0, told["A1"].limit or 0.0
    assert 0.1743 < cost < THRESHOLD, "10 degrees apart, and what 80 s instead of 20 s add"
    assert 0.2610 < rival_cost < 0.2710, "15 degrees apart, and hardly anything"
    assert told["A1"].margin == pytest.approx(math.log2(rival_cost / cost), abs=1e-3)


def test_an_unusual_travel_time_alone_keeps_nobody_from_being_linked(place: Street) -> None:
    usual = CameraLink("A", "B", TravelWindow(5, 100), TravelTime(10.0, 0.1))
    odd = replace(place, network=LinkNetwork([usual]), settings=MatchingSettings(travel_time_weight=1.0))
    assert odd.run(seen("A1", 0.0, 40.0), seen("B1", 80.0)) == {}


@pytest.mark.parametrize(
    ("enter", "travel_s", "limit", "margin"),
    [(66.0, 66.0, 60.0, -0.1375), (16.0, 16.0, 20.0, -0.3219), (-2.0, -2.0, 20.0, -6.0)],
)
def test_nobody_passed_in_time(
    place: Street, enter: float, travel_s: float, limit: float, margin: float
) -> None:
    told = place.run(seen("A1", 100.0), seen("B1", 100.0 + enter))
    for key, camera in (("A1", "B"), ("B1", "A")):
        assert measured(told[key]) == ("nobody_in_time", travel_s, limit, "s", camera)
        assert told[key].margin == pytest.approx(margin, abs=1e-4)


def test_nobody_at_all(place: Street) -> None:
    told = place.run(seen("A1", 100.0))
    assert measured(told["A1"]) == ("nobody_in_time", None, None, None, "")


@pytest.mark.parametrize(
    ("b_until_s", "reason"), [(0.0, "not_watched"), (119.0, "not_watched"), (121.0, "nobody_in_time")]
)
def test_no_linked_camera_watched_in_time(place: Street, b_until_s: float, reason: str) -> None:
    """Who passed at 100 may pass the other camera from 120 to 160."""
    told = place.run(seen("A1", 100.0), b_until_s=b_until_s)
    assert told["A1"].reason == reason


def test_an_earlier_run_counted_the_one_who_may_have_been_it(place: Street) -> None:
    place.run(seen("A1", 100.0), name="yesterday")
    assert place.run(seen("B1", 130.0), name="today")["B1"].reason == "forgotten"


def test_what_nobody_noted_before_an_interruption_is_forgotten(place: Street) -> None:
    told = place.run(seen("A1", 100.0), seen("B1", 130.0, 180.0), noting=False)
    assert {row.reason for row in told.values()} == {"forgotten"}


def test_two_who_rode_abreast_are_two_rows(tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "flows.db"))
    run_id = store.begin_run(describe()).run_id
    save(store, run_id, [moved_to_morning(one) for one in (seen("A1", 100.0), seen("A2", 100.0))])
    store.finish_run(run_id)
    with ReasonsFile.at(tmp_path / "why.csv", UTC) as reasons:
        reasons.begin(run_id)
        reasons.tell_unlinked(store.database, NETWORK)
    store.close()
    first, second = read_reasons(tmp_path / "why.csv")
    assert first == second
