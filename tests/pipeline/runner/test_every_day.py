"""Night after night: whatever comes when, the database holds what one run over all of it would hold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.database import FlowStore
from pipeline.ledger import Wishes
from pipeline.runner import local
from tests.command_line import street, write_video
from tests.pipeline.runner.nights import (
    COVERAGE,
    FPS,
    JOURNEYS,
    LEDGER,
    RIDERS_A,
    RIDERS_B,
    SIGHTINGS,
    first_night,
    in_both_databases,
    put,
    remuxed,
    rows,
    run,
    same_as_clean,
)
from tracking.errors import NoFootageError, UsageError


@in_both_databases
def test_tomorrows_file_is_added_and_yesterdays_is_not_read_again(folder: Path) -> None:
    first_night(folder, "*080000*")
    put(folder, "*080010*")

    summary = run(folder)

    assert [camera.frames_read for camera in summary.cameras] == [100, 100]
    assert [(c.files_added, c.files_known, c.files_left_out) for c in summary.cameras] == [(1, 1, 0)] * 2
    same_as_clean(folder, SIGHTINGS, COVERAGE, LEDGER)


@in_both_databases
def test_a_rider_in_view_between_two_runs_is_one_and_stays_in_his_journey(folder: Path) -> None:
    first_night(folder, "*080000*")
    [before] = rows(folder, "select count(*) from journeys_flat where camera = 'A' and direction is not null")
    put(folder, "*080010*")
    run(folder)

    riders = rows(
        folder, "select count(*) from sighting s join camera c using (camera_id) where c.name = 'A'"
    )
    assert riders == [(3,)]
    assert rows(folder, "select count(*) from journey_stop") == [(5,)]
    assert before == (2,)


def test_riders_who_left_before_the_run_are_said_to_be_out_of_reach(folder: Path) -> None:
    first_night(folder, "*080000*")
    put(folder, "*080010*")
    summary = run(folder)
    assert any("1 rider who was last seen" in note for note in summary.notes), summary.notes
    assert json.loads(summary.to_json())["unlinkable"] == 1


def test_a_run_without_anything_new_changes_nothing(folder: Path) -> None:
    first_night(folder, "*")
    before = (folder / "flows.db").read_bytes()
    summary = run(folder)
    assert summary.already_done
    assert (folder / "flows.db").read_bytes() == before


@in_both_databases
def test_a_file_that_was_still_being_written_is_read_on(folder: Path) -> None:
    put(folder, "*080000*")
    images = street(200, RIDERS_A)
    for name, upto in (("a_20240514T080010.mp4", 45), ("a_20240514T080000.mp4", 97)):
        write_video(folder / name, images[:upto] if "080000" in name else images[100 : 100 + upto], FPS)
        if name.endswith("10.mp4"):
            put(folder, "a_*080000*", "b_*")
            run(folder, **{"runtime.late_footage": "count"})
    put(folder, "*")
    run(folder, **{"runtime.late_footage": "count"})
    same_as_clean(folder, SIGHTINGS, COVERAGE)


@in_both_databases
def test_a_copy_in_another_container_is_refused_and_replace_reads_it(folder: Path) -> None:
    first_night(folder, "*")
    before = rows(folder, SIGHTINGS)
    for file in folder.glob("?_*.mp4"):
        remuxed(file, file.with_suffix(".mkv"))
        file.unlink()

    with pytest.raises(UsageError, match=r"b_20240514T080010\.mkv covers .* counted from .*\.mp4 already"):
        run(folder)

    assert rows(folder, SIGHTINGS) == before
    run(folder, wishes=Wishes(replace=True))
    assert rows(folder, SIGHTINGS) == before
    assert {name for _, name, *_ in rows(folder, LEDGER)} == {
        f"{camera}_20240514T0800{second}.mkv" for camera in "ab" for second in ("00", "10")
    }


@in_both_databases
def test_a_camera_without_footage_is_named_and_its_time_is_unknown_until_it_comes(folder: Path) -> None:
    put(folder, "a_*")
    summary = run(folder)

    assert summary.unread == ("B",)
    assert "no file matches" in summary.cameras[1].problems[0]
    assert ("B", None) in rows(folder, "select camera, cyclists from camera_counts")

    put(folder, "b_*")
    late = run(folder)
    assert late.unread == ()
    assert any("came late" in note for note in late.notes), late.notes
    same_as_clean(folder, SIGHTINGS, JOURNEYS, COVERAGE, LEDGER)


def test_late_footage_is_only_counted_where_that_was_asked_for(folder: Path) -> None:
    first_night(folder, "a_*")
    put(folder, "b_*")
    late = run(folder, **{"runtime.late_footage": "count"})
    assert [camera.frames_read for camera in late.cameras] == [0, 200]
    same_as_clean(folder, SIGHTINGS, COVERAGE)
    assert rows(folder, "select max(stop) from journeys_flat") == [(1,)]


def test_without_any_footage_the_run_fails(folder: Path) -> None:
    with pytest.raises(NoFootageError, match="no file matches"):
        run(folder)


@in_both_databases
def test_changed_settings_leave_what_was_counted_and_a_period_can_be_read_again(folder: Path) -> None:
    first_night(folder, "*")
    changed = {"matching.threshold": 0.31}
    assert any("other settings" in note for note in run(folder, **changed).notes)

    start = rows(folder, "select min(start_time) / 1000000 from footage")[0][0]
    summary = run(folder, wishes=Wishes(replace=True, since=start + 12.0), **changed)

    assert [(camera.files_added, camera.files_known) for camera in summary.cameras] == [(1, 1)] * 2
    settings = rows(
        folder, "select f.name, r.configuration from footage f join run r using (run_id) order by 1"
    )
    assert len({digest for _, digest in settings}) == 2
    same_as_clean(folder, COVERAGE)
    assert rows(folder, "select count(*) from sighting") == [(5,)]


class KilledError(Exception):
    """Stands for kill -9: nothing behind it is reached."""


def stop_after(monkeypatch: pytest.MonkeyPatch, transactions: int) -> None:
    """Kill at one of many transactions: whatever was watched is saved at once."""
    monkeypatch.setattr(local, "SAVE_EVERY_S", 0.0)
    done = 0

    def counted(method: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: Any, **options: Any) -> None:
            nonlocal done
            if done == transactions:
                raise KilledError
            method(*arguments, **options)
            done += 1

        return call

    for name in ("save_progress", "save_matching", "finish_run"):
        monkeypatch.setattr(FlowStore, name, counted(getattr(FlowStore, name)))


@pytest.mark.parametrize("transactions", [0, 1, 7, 20, 27])
def test_a_killed_night_is_made_up_for_together_with_the_next_day(
    folder: Path, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    first_night(folder, "*080000*")
    put(folder, "a_*080010*")
    with monkeypatch.context() as broken:
        stop_after(broken, transactions)
        with pytest.raises(KilledError):
            run(folder)
    put(folder, "b_*080010*")

    run(folder)

    same_as_clean(folder, SIGHTINGS, COVERAGE)
    assert rows(folder, "select distinct state from run") == [("finished",)]
    assert np.all([complete for *_, complete in rows(folder, LEDGER)])


def test_an_interrupted_run_with_other_settings_stays_as_far_as_it_came(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "*")
    with monkeypatch.context() as broken:
        stop_after(broken, 30)
        with pytest.raises(KilledError):
            run(folder)
    run(folder, **{"matching.threshold": 0.31})
    assert rows(folder, "select distinct state from run") == [("finished",)]
    same_as_clean(folder, COVERAGE)


def test_who_is_seen_in_time_that_was_not_watched_is_not_counted(folder: Path) -> None:
    put(folder, "a_*")
    write_video(folder / "b_20240514T080000.mp4", street(100, RIDERS_B), fps=2)

    summary = run(folder)

    assert rows(folder, "select camera, cyclists, coverage from camera_counts where camera = 'B'") == [
        ("B", None, 0.0)
    ]
    assert any(
        "1 cyclist seen in time that counts as not watched" in one for one in summary.cameras[1].problems
    )
    assert summary.cameras[1].cyclists == 0
    assert rows(folder, "select count(*) from journey_stop") == rows(folder, "select count(*) from sighting")
