"""A camera that is renamed or removed does not live on under its old name."""

import io
import json
import os
import random
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import pytest
from sqlalchemy import text

from flows.database import FlowStore, RunState, site_lock
from flows.database.cameras import rename_camera
from tests.command_line import Answer
from tests.command_line import pipeline as typed
from tests.flows.written import MORNING, Ride, describe, random_rides, rides_of, seen, write_run

HOUR = [(MORNING, MORNING + 3600)]
WATCHED = {"A": HOUR, "B": HOUR, "C": HOUR}
FOOTAGE = {"A": ["a"], "B": ["b1", "b2"], "C": ["c"]}
CAMERA_TABLES = ("footage", "progress", "coverage", "unobserved", "sighting")


def pipeline(url: str, *arguments: object) -> Answer:
    return typed(*arguments, "--database", url)


def asked(url: str, query: str) -> list[tuple[object, ...]]:
    store = FlowStore.open_for_reading(url)
    try:
        with store.database.transaction() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        store.close()


def journeys(url: str) -> Counter[tuple[tuple[object, object], ...]]:
    """Every journey as its stops (camera, moment), whatever its id; stops are numbered from 1 on."""
    rows = asked(
        url, "SELECT journey, stop, camera, enter_time FROM journeys_flat WHERE site = 'street' ORDER BY 1, 2"
    )
    found: Counter[tuple[tuple[object, object], ...]] = Counter()
    for _, stops in groupby(rows, key=lambda row: row[0]):
        whole = list(stops)
        assert [row[1] for row in whole] == list(range(1, len(whole) + 1))
        found[tuple((row[2], row[3]) for row in whole)] += 1
    return found


def cut(whole: Sequence[tuple[object, object]], camera: str) -> list[tuple[tuple[object, object], ...]]:
    parts = groupby(whole, key=lambda stop: stop[0] == camera)
    return [tuple(stops) for gone, stops in parts if not gone]


@pytest.fixture
def filled(url: str) -> str:
    store = FlowStore.open(url)
    rides = rides_of({"A>B>C": 6, "A>B": 2, "B": 1, "A>C": 3, "B>C": 1})
    write_run(store, rides, WATCHED, describe(footage=FOOTAGE))
    other = [Ride((("B", MORNING + 60), ("C", MORNING + 90)))]
    write_run(store, other, WATCHED, describe(site="bridge"))
    store.close()
    return url


def test_a_renamed_camera_keeps_all_that_hangs_on_it(filled: str) -> None:
    before, runs = journeys(filled), asked(filled, "SELECT run_id, state FROM run ORDER BY 1")
    answer = pipeline(filled, "db", "rename-camera", "street", "B", "bakery")
    assert answer.code == 0, answer.err
    assert "id: bakery" in answer.out
    renamed: Counter[object] = Counter()
    for whole, count in before.items():
        renamed[tuple(("bakery" if camera == "B" else camera, at) for camera, at in whole)] = count
    assert journeys(filled) == renamed
    assert asked(filled, "SELECT run_id, state FROM run ORDER BY 1") == runs
    cameras = asked(filled, "SELECT DISTINCT site, camera FROM camera_counts ORDER BY 1, 2")
    assert [camera for site, camera in cameras if site == "street"] == ["A", "C", "bakery"]
    assert [camera for site, camera in cameras if site == "bridge"] == ["A", "B", "C"]
    held = asked(
        filled,
        "SELECT f.name FROM footage f JOIN camera c ON c.camera_id = f.camera_id WHERE c.name = 'bakery'",
    )
    assert sorted(name for (name,) in held) == ["b1.mp4", "b2.mp4"]


def test_a_name_of_which_nothing_was_counted_can_be_taken(filled: str) -> None:
    store = FlowStore.open(filled)
    write_run(store, [], {"A": []}, describe("with the new name", cameras="AN"))
    store.close()
    before = Counter(len(whole) for whole in journeys(filled))
    assert pipeline(filled, "db", "rename-camera", "street", "B", "N").code == 0
    assert Counter(len(whole) for whole in journeys(filled)) == before
    names = "SELECT c.name FROM camera c JOIN site s ON s.site_id = c.site_id WHERE s.name = 'street'"
    assert sorted(asked(filled, names)) == [("A",), ("C",), ("N",)]


def test_a_removed_camera_leaves_nothing(filled: str) -> None:
    answer = pipeline(filled, "db", "remove-camera", "street", "B", "--yes")
    assert answer.code == 0, answer.err
    assert "10 passages and 2 recordings; 10 journeys" in answer.out
    counts = pipeline(
        filled, "stats", "counts", "--site", "street", "--interval", "total", "--format", "json"
    )
    assert {row["camera"] for row in json.loads(counts.out)} == {"A", "C"}
    for table in CAMERA_TABLES:
        left = f"SELECT count(*) FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM camera c "
        assert asked(filled, left + "WHERE c.camera_id = t.camera_id)") == [(0,)], table
    assert asked(filled, "SELECT count(*) FROM match m WHERE m.from_sighting LIKE '%-B-%'")[0][0] == 1
    # The same name at another site is another camera.
    assert asked(filled, "SELECT count(*) FROM sighting WHERE sighting_id LIKE '%-B-%'") == [(1,)]


def test_journeys_are_cut_where_the_removed_camera_was(filled: str) -> None:
    assert pipeline(filled, "db", "remove-camera", "street", "B", "--yes").code == 0
    routes = dict(
        asked(
            filled,
            "SELECT route, sum(cyclists) FROM route_counts WHERE site = 'street' GROUP BY route ORDER BY 1",
        )
    )
    # A>B>C was never matched from A to C, so that its ends are two journeys.
    assert routes == {"A": 6 + 2, "C": 6 + 1, "A>C": 3}


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_was_ridden_the_other_cameras_lose_nothing(url: str, seed: int) -> None:
    rides = random_rides(seed, count=900, hours=1)
    store = FlowStore.open(url)
    watched = {camera: [(MORNING, MORNING + 7200)] for camera in "ABCD"}
    write_run(store, rides, watched, describe(cameras="ABCD"))
    store.close()
    before = journeys(url)
    camera = random.Random(seed).choice("ABCD")
    assert pipeline(url, "db", "remove-camera", "street", camera, "--yes").code == 0
    expected = Counter(part for whole in before.elements() for part in cut(whole, camera))
    assert journeys(url) == expected
    assert asked(url, "SELECT count(*) FROM journey j WHERE NOT EXISTS (SELECT 1 FROM journey_stop s "
                      "WHERE s.journey_id = j.journey_id)") == [(0,)]  # fmt: skip


def test_footage_of_a_removed_camera_counts_as_never_read(filled: str) -> None:
    assert pipeline(filled, "db", "remove-camera", "street", "B", "--yes").code == 0
    store = FlowStore.open(filled)
    ledger = store.ledger("street")
    only_b = describe("of B alone", cameras="B", footage={"B": ["b1", "b2"]})
    assert store.begin_run(only_b).state is RunState.NEW
    store.close()
    assert ledger.cameras == ("A", "C")
    assert {one.camera for one in ledger.sources} == {"A", "C"}


def test_a_run_of_which_nothing_is_left_goes(url: str) -> None:
    store = FlowStore.open(url)
    write_run(store, [], {"A": HOUR}, describe("first", cameras="A"))
    write_run(store, [], {"B": HOUR}, describe("second", cameras="B"))
    store.close()
    assert pipeline(url, "db", "remove-camera", "street", "B", "--yes").code == 0
    assert asked(url, "SELECT fingerprint FROM run") == [("first",)]
    assert pipeline(url, "db", "remove-camera", "street", "A", "--yes").code == 0
    assert asked(url, "SELECT count(*) FROM run") == [(0,)]
    counts = pipeline(url, "stats", "counts", "--format", "json")
    assert (counts.code, json.loads(counts.out)) == (0, []), counts.err


def test_the_list_shows_sites_cameras_and_runs(filled: str) -> None:
    listed = json.loads(pipeline(filled, "db", "list", "--format", "json").out)
    assert [one["site"] for one in listed] == ["bridge", "street"]
    street = listed[1]
    assert street["timezone"] == "Europe/Amsterdam"
    assert [one["camera"] for one in street["cameras"]] == ["A", "B", "C"]
    assert street["cameras"][1] == {
        "camera": "B",
        "first": "2019-10-02T07:00:00+00:00",
        "last": "2019-10-02T08:00:00+00:00",
        "observed_s": 3600.0,
        "recordings": 2,
        "cyclists": 10,
    }
    assert [one["state"] for one in street["runs"]] == ["finished"]
    shown = pipeline(filled, "db", "list").out
    assert "street, times of Europe/Amsterdam" in shown
    row = next(line.split() for line in shown.splitlines() if line.startswith("B ") and "10" in line.split())
    assert row == ["B", "2019-10-02", "09:00:00+02:00", "2019-10-02", "10:00:00+02:00", "1.00", "2", "10"]
    assert street["runs"][0]["run"] in shown


def test_a_camera_without_footage_is_listed_too(url: str) -> None:
    store = FlowStore.open(url)
    store.begin_run(describe(cameras="A"))
    store.close()
    (listed,) = json.loads(pipeline(url, "db", "list", "--format", "json").out)
    assert listed["cameras"] == [
        {"camera": "A", "first": None, "last": None, "observed_s": 0.0, "recordings": 0, "cyclists": 0}
    ]
    assert listed["runs"][0]["finished"] is None
    assert pipeline(url, "db", "list").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("rename-camera", "street", "B", "C"),
            ("has a camera 'C' already", "db remove-camera 'street' 'C'"),
        ),
        (("rename-camera", "street", "B", "B"), ("has a camera 'B' already",)),
        (("rename-camera", "street", "Z", "Y"), ("no camera 'Z'", "its cameras are: A, B, C")),
        (("rename-camera", "avenue", "A", "Y"), ("no site 'avenue'", "its sites are: bridge, street")),
        (("rename-camera", "street", "B", "x>y"), ("'x>y' is no usable camera id",)),
        (("remove-camera", "street", "Z", "--yes"), ("no camera 'Z'", "its cameras are: A, B, C")),
        (("remove-camera", "street", "B"), ("nothing was deleted", "--yes")),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    filled: str, arguments: tuple[str, ...], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: PTH123, SIM115
    before = journeys(filled)
    answer = pipeline(filled, "db", *arguments)
    assert answer.code == 2
    assert [word for word in words if word not in answer.err] == [], answer.err
    assert len(answer.err.splitlines()) == 1
    assert journeys(filled) == before
    assert len(asked(filled, "SELECT * FROM camera")) == 6


@pytest.mark.parametrize(("typed_answer", "code", "left"), [("n\n", 1, 3), ("y\n", 0, 2)])
def test_removing_asks_first(
    filled: str, typed_answer: str, code: int, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed_answer))
    answer = pipeline(filled, "db", "remove-camera", "street", "B")
    assert answer.code == code, answer.err
    assert "delete camera B of street" in answer.out
    names = asked(filled, "SELECT c.name FROM camera c JOIN site s ON s.site_id = c.site_id "
                          "WHERE s.name = 'street'")  # fmt: skip
    assert len(names) == left


@pytest.mark.parametrize(
    "command", [("rename-camera", "street", "A", "Y"), ("remove-camera", "street", "A", "-y")]
)
def test_an_interrupted_run_keeps_its_cameras(url: str, command: tuple[str, ...]) -> None:
    store = FlowStore.open(url)
    run_id = store.begin_run(describe()).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], HOUR, "1")
    store.close()
    answer = pipeline(url, "db", *command)
    assert answer.code == 2
    assert f"run {run_id} of site street was interrupted" in answer.err
    assert pipeline(url, "db", "purge", "--all").code == 0
    assert pipeline(url, "db", *command).code == 0


@pytest.mark.parametrize(
    "command", [("rename-camera", "street", "A", "Y"), ("remove-camera", "street", "A", "-y")]
)
def test_cameras_of_a_site_that_is_being_written_are_left_alone(
    filled: str, command: tuple[str, ...]
) -> None:
    store = FlowStore.open(filled)
    with site_lock(store.database, "street"):
        refused = pipeline(filled, "db", *command)
        rename_camera(store.database, "bridge", "A", "elsewhere")
    store.close()
    assert refused.code == 1
    assert f"site street is being written by process {os.getpid()}" in refused.err
    assert pipeline(filled, "db", *command).code == 0


@pytest.mark.parametrize("options", [(), ("--all",)])
def test_embeddings_of_a_site_that_is_being_written_are_left_alone(
    filled: str, options: tuple[str, ...]
) -> None:
    store = FlowStore.open(filled)
    with site_lock(store.database, "bridge"):
        refused = pipeline(filled, "db", "purge", *options)
    store.close()
    assert refused.code == 1
    assert f"site bridge is being written by process {os.getpid()}" in refused.err
    assert pipeline(filled, "db", "purge", *options).code == 0


def test_a_database_that_is_not_there_is_not_made(tmp_path: object) -> None:
    for command in (("list",), ("rename-camera", "s", "A", "B"), ("remove-camera", "s", "A", "-y")):
        answer = pipeline(f"{tmp_path}/none.db", "db", *command)
        assert answer.code == 2
        assert "does not exist or is empty" in answer.err
    assert not os.listdir(str(tmp_path))  # noqa: PTH208
