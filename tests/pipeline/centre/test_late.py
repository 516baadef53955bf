"""What arrives behind the decision is counted, is linked with nobody, and is told."""

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from flows.database import FlowStore, audit_database
from tests.command_line import pipeline
from tests.pipeline.centre.houses import Town
from tests.pipeline.centre.results import results
from tests.pipeline.centre.riders import blank, count_alone, ridden


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path, blank(tmp_path / "centre.db"), seed=1, wait_s=600)


def reasons(town: Town) -> dict[str, dict[str, int]]:
    """Camera → reason → sightings."""
    store = FlowStore.open_for_reading(town.house.url)
    query = (
        "SELECT name, reason FROM unlinkable JOIN sighting USING (sighting_id) JOIN camera USING (camera_id)"
    )
    found: dict[str, dict[str, int]] = {}
    with store.database.transaction() as connection:
        for camera, reason in connection.execute(text(query)):
            of_camera = found.setdefault(camera, {})
            of_camera[reason] = of_camera.get(reason, 0) + 1
    store.close()
    return found


def all_but_links(town: Town, tmp_path: Path) -> None:
    """Counts and coverage are those of one run; every sighting is in exactly one journey."""
    found, alone = results(town.house.url), results(count_alone(tmp_path, ridden(1)))
    for view in ("sightings", "coverage", "unobserved", "camera_counts"):
        assert found[view] == alone[view]
    stops = [stop for journey in found["journeys"] for stop in journey]
    assert sorted(stops) == sorted(set(stops))
    assert len(stops) == len(found["sightings"])
    assert {camera for camera, _, _, _, _, _, _ in found["links"]} <= {"A", "C"}
    assert "B" not in {row[2] for row in found["links"]}


def test_a_box_that_is_away_for_longer_than_it_is_waited_for(town: Town, tmp_path: Path) -> None:
    """The others go on; its riders come behind the decision."""
    first, second = town.boxes
    first.count()
    town.senders[0].step()
    town.house.site.tick()
    town.house.now = 601
    first.count()
    town.senders[0].step()
    town.house.site.tick()
    while not second.done:
        second.count()
    town.senders[1].step()
    told = reasons(town)["B"]
    assert told["late"] > 3
    town.come_to_an_end()
    stored = results(town.house.url)
    late = {row[3] for row in stored["links"] if row[2] == "B"}
    alone = results(count_alone(tmp_path, ridden(1)))
    assert stored["sightings"] == alone["sightings"]
    assert len(late) < len({row[3] for row in alone["links"] if row[2] == "B"})


def test_after_a_day_without_network_all_are_counted_and_none_is_linked(town: Town, tmp_path: Path) -> None:
    """All other cameras are done by then, and the embeddings at the box have died."""
    first, second = town.boxes
    while not (first.done and second.done):
        first.count()
        second.count()
    town.senders[0].step()
    town.house.now = 601
    town.house.site.tick()
    assert second.outbox.forget_old(time.time() + 1210) > 10
    town.come_to_an_end()
    town.house.now = 1300
    town.house.site.tick()
    all_but_links(town, tmp_path)
    count = sum(row[0] == "B" for row in results(town.house.url)["sightings"])
    assert reasons(town) == {"B": {"expired": count}}
    told = pipeline("db", "info", "--database", town.house.url)
    assert f"{count} sightings too late to be linked" in told.out


def test_embeddings_wait_for_twenty_minutes_and_no_longer(town: Town) -> None:
    box = town.boxes[1]
    box.count()
    held = sum(one.embedding is not None for one in box.outbox.pending().sightings)
    assert held > 3
    assert box.outbox.forget_old(time.time() + 1190) == 0
    assert box.outbox.forget_old(time.time() + 1210) == held
    assert not any(one.embedding is not None for one in box.outbox.pending().sightings)


def test_what_was_sent_leaves_the_disk(town: Town) -> None:
    box = town.boxes[1]
    while not box.done:
        box.count()
    marks = [
        one.embedding.astype("<f4").tobytes()
        for one in box.outbox.pending().sightings
        if one.embedding is not None
    ]
    assert len(marks) > 3

    def on_disk() -> int:
        files = [path.read_bytes() for path in box.database.parent.glob(f"{box.database.name}*")]
        return sum(any(mark in content for content in files) for mark in marks)

    assert on_disk() == len(marks)
    town.senders[1].step()
    assert on_disk() == 0


def test_all_embeddings_can_be_deleted_at_once(town: Town) -> None:
    box = town.boxes[1]
    box.count()
    assert any(one.embedding is not None for one in box.outbox.pending().sightings)
    box.store.purge_all()
    assert not any(one.embedding is not None for one in box.outbox.pending().sightings)
    assert not list(box.database.parent.glob(f"{box.database.name}-gallery*"))


def test_the_audit_counts_embeddings_that_wait_and_finds_those_that_wait_too_long(town: Town) -> None:
    box = town.boxes[1]
    while not box.done:
        box.count()
    findings = [one for rule in audit_database(box.store.database, time.time()) for one in rule.findings]
    assert findings == []
    ages = audit_database(box.store.database, time.time() + 1210)[0]
    assert "older than they may become" in ages.findings[0]


def test_a_camera_that_nobody_hears_of_does_not_hold_the_others_for_ever(town: Town) -> None:
    first = town.boxes[0]
    while not first.done:
        first.count()
    town.senders[0].step()
    town.house.site.tick()
    assert results(town.house.url)["journeys"] == []
    town.house.now = 601
    town.house.site.tick()
    assert len(results(town.house.url)["journeys"]) == len(results(town.house.url)["sightings"])
