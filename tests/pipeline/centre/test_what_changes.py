"""What a box takes back, mends or counts anew is the same at the centre."""

import json
from pathlib import Path

import pytest

from flows.database import Account, CountedTime, FlowStore
from flows.database.removal import remove_time, site_id_of
from pipeline.edge.client import Outcome
from tests.flows.written import MORNING
from tests.pipeline.centre.houses import Town
from tests.pipeline.centre.results import results
from tests.pipeline.centre.riders import blank, configured, touch, without_footage


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path, blank(tmp_path / "centre.db"), seed=1)
    town.come_to_an_end()
    return town


def test_a_rider_who_was_none_leaves_with_his_links(town: Town) -> None:
    before = results(town.house.url)
    linked = next(row for row in before["links"] if row[2] == "B")
    store = town.boxes[1].store
    gone = next(f"1-B-{rider}" for rider in range(25) if enter_of(store, f"1-B-{rider}") == linked[3])
    run = store.begin_run(without_footage(configured("x"), "next")).run_id
    store.save_progress(run, "B", [], [], "{}", Account(retracted=(gone,)))
    town.come_to_an_end()
    after = results(town.house.url)
    assert len(after["sightings"]) == len(before["sightings"]) - 1
    assert linked not in after["links"]
    assert len({stop for one in after["journeys"] for stop in one}) == len(after["sightings"])


def enter_of(store: FlowStore, sighting: str) -> int | None:
    with store.database.transaction() as connection:
        found = connection.exec_driver_sql(
            "SELECT enter_time FROM sighting WHERE sighting_id = ?", (sighting,)
        ).scalar()
    return None if found is None else int(found)


def test_time_that_is_taken_out_at_the_box_is_taken_out_at_the_centre(town: Town) -> None:
    database = town.boxes[1].store.database
    span = CountedTime("B", MORNING + 50, MORNING + 130)
    with database.transaction() as connection:
        site = site_id_of(connection, "street")
        assert site is not None
        remove_time(connection, site, [span])
    town.come_to_an_end()
    found = results(town.house.url)
    own = results(f"sqlite:///{town.boxes[1].database}")
    for view in ("coverage", "unobserved", "sightings"):
        assert [row for row in found[view] if row[0] == "B"] == own[view]
    low, high = round(span.start * 1e6), round(span.end * 1e6)
    assert not any(low <= row[1] < high for row in found["sightings"] if row[0] == "B")


def test_a_centre_that_was_set_back_is_told_everything_again(town: Town, tmp_path: Path) -> None:
    before = results(town.house.url)
    for beside in tmp_path.glob("centre.db*"):
        beside.unlink()
    blank(tmp_path / "centre.db")
    town.house.restart()
    for box in town.boxes:
        touch(box.store)
    town.come_to_an_end()
    after = results(town.house.url)
    for view in ("sightings", "coverage", "unobserved", "camera_counts"):
        assert after[view] == before[view]
    assert any("told again" in line for line in town.boxes[0].said)


def test_an_old_batch_brings_nothing_back(town: Town) -> None:
    line, store = town.lines[1], town.boxes[1].store
    old = list(line.bodies)
    with store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE sighting SET direction = 'right'")
    town.come_to_an_end()
    after = results(town.house.url)
    assert {row[3] for row in after["sightings"] if row[0] == "B"} == {"right"}
    for body in (*old, *reversed(old)):
        assert line.deliver(body).outcome is Outcome.RECEIVED
    assert results(town.house.url) == after


def test_a_box_that_was_set_back_is_heard_again(town: Town, tmp_path: Path) -> None:
    """Its notes have numbers that the centre has seen already, about something else."""
    box = town.boxes[1]
    before = results(town.house.url)
    with box.store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE outbox_state SET sent = 0")
        connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'outbox'")
        connection.exec_driver_sql("UPDATE sighting SET direction = 'right'")
    town.come_to_an_end()
    after = results(town.house.url)
    assert {row[3] for row in after["sightings"] if row[0] == "B"} == {"right"}
    assert len(after["sightings"]) == len(before["sightings"])


def test_nobody_speaks_for_others(town: Town) -> None:
    """Neither of another's camera, nor of a sighting of another's camera under the name of an own one."""
    one, two = town.lines
    own, others = json.loads(two.bodies[0]), json.loads(one.bodies[0])
    stolen = [{**sighting, "camera": "B"} for sighting in others["sightings"]]
    taken_back = [{"id": sighting["id"], "camera": "B"} for sighting in others["sightings"]]
    before = results(town.house.url)
    for told, sentence in (
        (others, "the token of two is not for camera A"),
        ({**own, "sightings": stolen}, "is not of a camera that the token of two is for"),
        (
            {**own, "sightings": [], "withdrawn": taken_back},
            "is not of a camera that the token of two is for",
        ),
        ({**own, "site": "square"}, "the token of two is for site street, not for square"),
    ):
        answer = two.deliver(json.dumps({**told, "stream": "0" * 32, "after": 0}).encode())
        assert answer.outcome is Outcome.REFUSED
        assert sentence in answer.sentence
    assert results(town.house.url) == before
