"""The store: exactly once, forgetting what it must, keeping what it may."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from flows.database import FlowStore, RunState, summarize, tally_runs
from flows.database.coverage import union
from flows.database.schema import metadata, run
from flows.database.times import to_microseconds
from flows.values import Sighting
from tests.flows.written import MORNING, describe, journey_of, linked, rides_of, seen, write_run
from tracking.errors import DatabaseError

FOOTAGE = {"A": ["monday"], "B": ["monday b"]}


def dump(store: FlowStore) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, without the moment at which a run was last written to."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with store.database.transaction() as connection:
        for name, table in metadata.tables.items():
            columns = [column for column in table.columns if column.name != "touched"]
            found[name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=str)
    beside = store.database.gallery_path
    if beside is not None:
        assert found["gallery"] == [], "SQLite's own file never holds an embedding"
        found["gallery"] = gallery_beside(beside)
    return found


def gallery_beside(path: Path) -> list[tuple[object, ...]]:
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM gallery ORDER BY sighting_id").fetchall()


def same(first: Sighting, second: Sighting) -> bool:
    if first.embedding is None or second.embedding is None:
        return first == second
    plain = replace(first, embedding=None) == replace(second, embedding=None)
    return plain and np.array_equal(first.embedding, second.embedding)


def test_saving_the_same_again_changes_nothing(store: FlowStore) -> None:
    run_id = store.begin_run(describe()).run_id
    at_a, at_b = seen(run_id, "A", MORNING + 1.234567), seen(run_id, "B", MORNING + 60)
    journey = journey_of([at_a, at_b])
    dumps = []
    for _ in range(3):
        store.save_progress(run_id, "A", [at_a], [(MORNING, MORNING + 10)], "a")
        store.save_progress(run_id, "B", [at_b], [(MORNING, MORNING + 70)], "b")
        store.save_matching(run_id, MORNING + 70, journey.matches, [journey], forget_before=MORNING)
        dumps.append(dump(store))
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["sighting"]) == 2
    assert len(dumps[0]["journey_stop"]) == 2


def test_reprocessing_corrects_a_row_in_place(store: FlowStore) -> None:
    run_id = store.begin_run(describe()).run_id
    first = seen(run_id, "A", MORNING)
    store.save_progress(run_id, "A", [first], [], "1")
    store.save_progress(run_id, "A", [replace(first, frames=43, direction="right")], [], "2")
    rows = dump(store)
    assert [(row[5], row[6]) for row in rows["sighting"]] == [("right", 43)]
    assert store.progress(run_id) == {"A": "2"}


def test_what_the_matcher_had_in_hand_comes_back_exactly(store: FlowStore) -> None:
    run_id = store.begin_run(describe()).run_id
    done = [seen(run_id, "A", MORNING + 1), seen(run_id, "B", MORNING + 41)]
    open_ones = [
        seen(run_id, "A", MORNING + 100.000001),
        seen(run_id, "B", MORNING + 140.5),
        seen(run_id, "C", MORNING + 90),
    ]
    blind = replace(seen(run_id, "C", MORNING + 200), embedding=None)
    for camera in "ABC":
        own = [one for one in [*done, *open_ones, blind] if one.camera == camera]
        store.save_progress(run_id, camera, own, [(MORNING, MORNING + 300)], "x")
    pending = linked(open_ones[0], open_ones[1])
    store.save_matching(run_id, MORNING + 95, [pending], [journey_of(done)], forget_before=MORNING)
    state = store.open_sightings(run_id)
    expected = [open_ones[2], open_ones[0], open_ones[1], blind]
    assert len(state.sightings) == 4
    assert all(same(*pair) for pair in zip(state.sightings, expected, strict=True))
    assert state.matches == (pending,)
    assert state.watermark == MORNING + 95


def test_a_new_run_has_no_watermark(store: FlowStore) -> None:
    state = store.open_sightings(store.begin_run(describe()).run_id)
    assert (state.sightings, state.matches, state.watermark) == ((), (), None)


@pytest.mark.parametrize("decided", [[], [20.0], [20.0, 55.0]])
def test_of_a_finished_run_nothing_tells_when_it_decided_last(store: FlowStore, decided: list[float]) -> None:
    run_id = store.begin_run(describe()).run_id
    for camera, end in (("A", 60), ("B", 70.5)):
        store.save_progress(run_id, camera, [], [(MORNING, MORNING + end)], "x")
    for moment in decided:
        store.save_matching(run_id, MORNING + moment, [], [], forget_before=MORNING + moment - 10)
    store.finish_run(run_id)
    with store.database.transaction() as connection:
        ends = connection.execute(select(run.c.watermark, run.c.forgotten_before)).one()
    assert tuple(ends) == (to_microseconds(MORNING + 70.5),) * 2, "decided up to the end of what was watched"


@pytest.mark.parametrize("finished", [False, True])
def test_the_same_fingerprint_is_resumed_or_has_nothing_to_do(store: FlowStore, finished: bool) -> None:
    first = store.begin_run(describe(footage=FOOTAGE))
    if finished:
        store.finish_run(first.run_id)
    before = dump(store)
    again = store.begin_run(describe(footage=FOOTAGE))
    assert first.state is RunState.NEW
    assert again.run_id == first.run_id
    assert again.state is (RunState.COMPLETE if finished else RunState.RESUMED)
    assert dump(store) == before


def test_the_same_footage_with_other_settings_is_refused_and_changes_nothing(store: FlowStore) -> None:
    write_run(
        store, rides_of({"A>B": 3}), {"A": [(MORNING, MORNING + 60)], "B": []}, describe(footage=FOOTAGE)
    )
    before = dump(store)
    with pytest.raises(DatabaseError, match=r"already holds 'monday\.mp4' of camera A.*--replace"):
        store.begin_run(describe("other settings", footage={"A": ["monday", "tuesday"]}))
    assert dump(store) == before


def test_replace_deletes_the_run_before_and_only_that(store: FlowStore) -> None:
    other = write_run(store, rides_of({"A": 2}), {"A": []}, describe("tuesday", footage={"A": ["tuesday"]}))
    write_run(store, rides_of({"A>B": 3}), {"A": [], "B": []}, describe(footage=FOOTAGE))
    fresh = store.begin_run(describe("other settings", footage=FOOTAGE), replace=True)
    rows = dump(store)
    assert fresh.state is RunState.NEW
    assert {row[0] for row in rows["run"]} == {other, fresh.run_id}
    assert {row[1] for row in rows["sighting"]} == {other}
    assert len(rows["journey_stop"]) == 2


def test_replace_starts_a_complete_run_anew(store: FlowStore) -> None:
    first = write_run(store, rides_of({"A": 2}), {"A": []}, describe(footage=FOOTAGE))
    again = store.begin_run(describe(footage=FOOTAGE), replace=True)
    assert again.state is RunState.NEW
    assert again.run_id != first
    assert dump(store)["sighting"] == []


def test_other_footage_and_other_sites_live_side_by_side(store: FlowStore) -> None:
    runs = [
        store.begin_run(describe("one", footage=FOOTAGE)),
        store.begin_run(describe("two", footage={"A": ["tuesday"]})),
        store.begin_run(describe("three", footage={"B": ["monday"]})),
        store.begin_run(describe("one", footage=FOOTAGE, site="another street")),
        store.begin_run(describe("live one")),
        store.begin_run(describe("live two")),
    ]
    assert {run.state for run in runs} == {RunState.NEW}
    assert len({run.run_id for run in runs}) == len(runs)


def test_finishing_forgets_every_embedding_and_keeps_the_statistics(store: FlowStore) -> None:
    run_id = write_run(store, rides_of({"A>B": 4, "A": 1}), {"A": [(MORNING, MORNING + 60)], "B": []})
    rows = dump(store)
    tally = tally_runs(store.database, [run_id])
    assert rows["gallery"] == []
    assert (len(rows["sighting"]), len(rows["journey"]), len(rows["match"])) == (9, 5, 4)
    assert (tally.journeys, tally.linked_journeys, dict(tally.sightings)) == (5, 4, {"A": 5, "B": 4})


def test_old_embeddings_go_with_the_watermark_and_do_not_return(store: FlowStore) -> None:
    run_id = store.begin_run(describe()).run_id
    old, young = seen(run_id, "A", MORNING), seen(run_id, "A", MORNING + 100)
    store.save_progress(run_id, "A", [old, young], [], "1")
    store.save_matching(run_id, MORNING + 120, [], [], forget_before=MORNING + 50)
    store.save_progress(run_id, "A", [old, young], [], "1")
    kept = [one.sighting_id for one in store.open_sightings(run_id).sightings if one.embedding is not None]
    assert kept == [young.sighting_id]


@pytest.mark.parametrize(
    ("live", "now", "left"),
    [
        (False, MORNING + 1000 + 1200, 1),
        (False, MORNING + 10**8, 0),
        (True, MORNING + 3.5 + 1200, 2),
        (True, MORNING + 2000 + 1200, 1),
        (True, MORNING + 10**8, 0),
    ],
)
def test_time_to_live_is_event_time_for_footage_and_wall_clock_for_live(
    store: FlowStore, live: bool, now: float, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: MORNING + 1000)
    run_id = store.begin_run(describe(live=live, gallery_ttl_s=1200.0)).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING), seen(run_id, "A", MORNING + 2000)], [], "1")
    store.save_matching(run_id, MORNING + 2000, [], [], forget_before=MORNING - 5000)
    store.purge_expired(now)
    assert len(dump(store)["gallery"]) == left


def test_opening_purges_what_a_dead_live_run_left(url: str) -> None:
    store = FlowStore.open(url)
    run_id = store.begin_run(describe(live=True)).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [], "1")
    store.close()
    reopened = FlowStore.open(url)
    rows = dump(reopened)
    reopened.close()
    assert (len(rows["gallery"]), len(rows["sighting"])) == (0, 1)


def test_an_unfinished_run_whose_embeddings_were_purged_starts_anew(store: FlowStore) -> None:
    first = store.begin_run(describe(footage=FOOTAGE))
    store.save_progress(first.run_id, "A", [seen(first.run_id, "A", MORNING)], [], "1")
    assert store.purge_all() == 1
    again = store.begin_run(describe(footage=FOOTAGE))
    assert again.state is RunState.NEW
    assert dump(store)["sighting"] == []


def test_deleted_embeddings_are_not_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "flows.db"
    store = FlowStore.open(str(path))
    run_id = store.begin_run(describe()).run_id
    sightings = [seen(run_id, "A", MORNING + index) for index in range(50)]
    store.save_progress(run_id, "A", sightings, [], "1")
    traces = [one.embedding.tobytes() for one in sightings if one.embedding is not None]

    def on_disk() -> int:
        content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        return sum(trace in content for trace in traces)

    assert on_disk() == 50
    store.finish_run(run_id)
    assert on_disk() == 0
    store.close()
    assert on_disk() == 0


@pytest.mark.parametrize("call", ["save_progress", "save_matching", "finish_run"])
def test_a_run_that_is_over_takes_no_more(store: FlowStore, call: str) -> None:
    run_id = store.begin_run(describe()).run_id
    store.finish_run(run_id)
    calls = {
        "save_progress": lambda: store.save_progress(run_id, "A", [], [], "1"),
        "save_matching": lambda: store.save_matching(run_id, MORNING, [], [], forget_before=MORNING),
        "finish_run": lambda: store.finish_run(run_id),
    }
    with pytest.raises(DatabaseError, match="no unfinished run"):
        calls[call]()


def test_an_unknown_camera_is_refused_and_nothing_is_kept(store: FlowStore) -> None:
    run_id = store.begin_run(describe()).run_id
    with pytest.raises(DatabaseError, match="no camera 'Z'"):
        store.save_progress(run_id, "Z", [seen(run_id, "A", MORNING)], [], "1")
    assert dump(store)["sighting"] == []


def test_the_summary_names_each_run(store: FlowStore) -> None:
    write_run(store, rides_of({"A>B": 2}), {"A": [], "B": []})
    second = store.begin_run(describe("other"))
    store.save_progress(second.run_id, "A", [seen(second.run_id, "A", MORNING)], [], "1")
    first, last = sorted(summarize(store.database).runs, key=lambda run: run.complete, reverse=True)
    assert (first.complete, first.sightings, first.journeys, first.embeddings) == (True, 4, 2, 0)
    assert (last.complete, last.sightings, last.journeys, last.embeddings) == (False, 1, 0, 1)


def test_a_second_run_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "flows.db"
    description = describe(footage=FOOTAGE)
    store = FlowStore.open(str(path))
    write_run(store, rides_of({"A>B": 3}), {"A": [(MORNING, MORNING + 60)], "B": []}, description)
    store.close()
    before = path.read_bytes()
    again = FlowStore.open(str(path))
    assert again.begin_run(description).state is RunState.COMPLETE
    again.close()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["flows.db"]


def test_reading_goes_on_while_a_run_writes(sqlite_url: str, sqlite_store: FlowStore) -> None:
    run_id = write_run(sqlite_store, rides_of({"A>B": 3}), {"A": [(MORNING, MORNING + 60)], "B": []})
    reader = FlowStore.open_for_reading(sqlite_url)
    with sqlite_store.database.transaction() as writing:
        writing.exec_driver_sql("DELETE FROM sighting")
        assert tally_runs(reader.database, [run_id]).journeys == 3
    reader.close()


def test_adjacent_coverage_becomes_one_interval(store: FlowStore) -> None:
    run_id = store.begin_run(describe()).run_id
    for start, end in [(0, 10), (10.0005, 20), (30, 40), (50, 50), (19, 31), (60, 70)]:
        store.save_progress(run_id, "A", [], [(MORNING + start, MORNING + end)], "1")
    moments = [(row[2] / 1e6 - MORNING, row[3] / 1e6 - MORNING) for row in dump(store)["coverage"]]
    assert moments == [(0, 40), (60, 70)]


intervals = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=12)


@given(intervals, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_coverage_does_not_depend_on_the_order_of_saving(pieces: list[tuple[int, int]], dice: object) -> None:
    whole = [(start, start + length) for start, length in pieces]
    shuffled = list(whole)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    step: list[tuple[int, int]] = []
    for piece in shuffled:
        step = union([*step, piece], gap=0)
    joined = union(whole, gap=0)
    assert step == joined
    seconds = {second for start, end in whole for second in range(start, end)}
    assert sum(end - start for start, end in joined) == len(seconds)
    assert all(first[1] < second[0] for first, second in pairwise(joined))
