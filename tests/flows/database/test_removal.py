"""Taking counted time back leaves all other time as it was, in both databases."""

import random
from collections import Counter
from itertools import groupby

import pytest
from sqlalchemy import text

from flows.database import Account, CountedTime, Database, FlowStore, Unobserved
from flows.database.coverage import union
from flows.database.removal import remove_sightings, remove_time, site_id_of, update_sightings
from tests.flows.written import MORNING, Ride, describe, random_rides, seen, write_run

HOURS = [(MORNING, MORNING + 3 * 3600)]
CAMERAS = "ABCD"


def asked(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.transaction() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def take_back(database: Database, *spans: CountedTime) -> None:
    with database.transaction() as connection:
        site_id = site_id_of(connection, "street")
        assert site_id is not None
        remove_time(connection, site_id, spans)


def stops(database: Database) -> Counter[tuple[tuple[str, int], ...]]:
    """Every journey as its (camera, moment in µs), whatever its id; stops count from 0 without a hole."""
    rows = asked(
        database,
        "SELECT t.journey_id, t.stop, c.name, s.enter_time FROM journey_stop t "
        "JOIN sighting s ON s.sighting_id = t.sighting_id JOIN camera c ON c.camera_id = s.camera_id "
        "ORDER BY 1, 2",
    )
    found: Counter[tuple[tuple[str, int], ...]] = Counter()
    for _, group in groupby(rows, key=lambda row: row[0]):
        whole = list(group)
        assert [row[1] for row in whole] == list(range(len(whole)))
        found[tuple((str(row[2]), int(str(row[3]))) for row in whole)] += 1
    return found


def without(
    journeys: Counter[tuple[tuple[str, int], ...]], spans: list[CountedTime]
) -> Counter[tuple[tuple[str, int], ...]]:
    """What is left of journeys whose stops in some time are gone."""

    def gone(stop: tuple[str, int]) -> bool:
        camera, at = stop
        return any(
            camera == span.camera and round(1e6 * span.start) <= at < round(1e6 * span.end) for span in spans
        )

    left: Counter[tuple[tuple[str, int], ...]] = Counter()
    for whole, number in journeys.items():
        for taken, part in groupby(whole, key=gone):
            if not taken:
                left[tuple(part)] += number
    return left


def covered(database: Database, table: str, camera: str) -> list[tuple[int, int]]:
    rows = asked(
        database,
        f"SELECT start_time, end_time FROM {table} v JOIN camera c ON c.camera_id = v.camera_id "
        f"WHERE c.name = '{camera}' ORDER BY 1",
    )
    return union((int(str(start)), int(str(end))) for start, end in rows)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_taken_back_the_rest_stays(store: FlowStore, seed: int) -> None:
    dice = random.Random(seed)
    rides = random_rides(seed, count=120, hours=2.5)
    write_run(store, rides, dict.fromkeys(CAMERAS, HOURS), describe(cameras=CAMERAS))
    before = stops(store.database)
    spans = []
    for _ in range(dice.randint(1, 4)):
        start = MORNING + dice.uniform(-600, 9000)
        spans.append(CountedTime(dice.choice(CAMERAS), start, start + dice.choice((0.5, 60, 1800, 20000))))
    take_back(store.database, *spans)
    assert stops(store.database) == without(before, spans)
    assert asked(
        store.database,
        "SELECT count(*) FROM journey WHERE journey_id NOT IN (SELECT journey_id FROM journey_stop)",
    ) == [(0,)]
    for camera in CAMERAS:
        own = [span for span in spans if span.camera == camera]
        left = round(1e6 * 3 * 3600) - sum(
            high - low
            for low, high in union(
                (
                    max(round(1e6 * one.start), round(1e6 * MORNING)),
                    min(round(1e6 * one.end), round(1e6 * (MORNING + 10800))),
                )
                for one in own
                if one.start < MORNING + 10800 and one.end > MORNING
            )
        )
        assert sum(high - low for low, high in covered(store.database, "coverage", camera)) == left


def test_what_began_in_time_that_is_left_stays_whenever_it_ended(store: FlowStore) -> None:
    rides = [Ride((("A", MORNING + at),)) for at in (57.0, 60.0, 119.999999, 120.0)]
    write_run(store, rides, {"A": HOURS}, describe(cameras="A"))
    take_back(store.database, CountedTime("A", MORNING + 60, MORNING + 120))
    assert [at - round(1e6 * MORNING) for ((_, at),) in sorted(stops(store.database))] == [
        57_000_000,
        120_000_000,
    ]


def test_reasons_are_cut_like_coverage_and_other_cameras_and_sites_keep_theirs(store: FlowStore) -> None:
    stretch = Unobserved(MORNING + 100, MORNING + 200, "frozen")
    for site in ("street", "bridge"):
        run_id = store.begin_run(describe(cameras="AB", site=site)).run_id
        for camera in "AB":
            store.save_progress(
                run_id, camera, [], [(MORNING, MORNING + 100)], "end", Account(unobserved=(stretch,))
            )
        store.finish_run(run_id)
    take_back(
        store.database,
        CountedTime("A", MORNING + 50, MORNING + 150),
        CountedTime("nobody", MORNING, MORNING + 999),
    )
    rows = asked(
        store.database,
        "SELECT e.name, c.name, u.reason, u.start_time, u.end_time FROM unobserved u "
        "JOIN camera c ON c.camera_id = u.camera_id JOIN site e ON e.site_id = c.site_id ORDER BY 1, 2, 4",
    )
    second = [(site, camera, round((int(str(a)) / 1e6) - MORNING), round(int(str(b)) / 1e6 - MORNING))
              for site, camera, _, a, b in rows]  # fmt: skip
    assert second == [
        ("bridge", "A", 100, 200),
        ("bridge", "B", 100, 200),
        ("street", "A", 150, 200),
        ("street", "B", 100, 200),
    ]


def test_a_passage_that_lasted_longer_changes_in_place_and_keeps_its_journey_and_quality(
    store: FlowStore,
) -> None:
    run_id = write_run(store, [Ride((("A", MORNING), ("B", MORNING + 40)))], {"A": HOURS, "B": HOURS})
    before = stops(store.database)
    longer = seen(run_id, "A", MORNING, direction="right", stay_s=9.0)
    with store.database.transaction() as connection:
        update_sightings(connection, [longer])
    query = "SELECT exit_time - enter_time, direction, quality FROM sighting WHERE enter_time = "
    assert asked(store.database, f"{query}{round(1e6 * MORNING)}") == [(9_000_000, "right", 0.75)]
    assert stops(store.database) == before


def test_a_passage_that_was_none_leaves_the_rest_of_its_journey(store: FlowStore) -> None:
    write_run(
        store,
        [Ride((("A", MORNING), ("B", MORNING + 40), ("C", MORNING + 80)))],
        dict.fromkeys("ABC", HOURS),
    )
    [(middle,)] = asked(
        store.database,
        f"SELECT sighting_id FROM sighting WHERE enter_time = {round(1e6 * (MORNING + 40))}",
    )
    with store.database.transaction() as connection:
        remove_sightings(connection, [str(middle)])
        remove_sightings(connection, [])
    assert sorted(len(one) for one in stops(store.database).elements()) == [1, 1]
    assert asked(store.database, "SELECT count(*) FROM match") == [(0,)]
