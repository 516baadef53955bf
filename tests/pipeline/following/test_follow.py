"""Files that come while a site is followed are counted as one run over all of them would count them."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore
from pipeline.sources import header
from tests.command_line import write_video
from tests.pipeline.following.street_files import (
    CLOCK,
    FPS,
    QUERIES,
    Step,
    assert_same_as_clean,
    coming,
    film_of,
    look,
    rows,
    settle,
)
from tests.pipeline.following.street_files import follow as followed

COUNTS = QUERIES[0].replace(", quality", "")
"""Crops of riders in view are cut again only within a run."""
PATIENCE_S = 1000.0
IN_ORDER = [step for second in ("00", "05", "10") for step in coming(f"?_*{second}")]


def test_files_are_counted_as_they_come_with_links_across_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    opened: list[str] = []
    plain = header.open_video

    def spy(path: Path) -> Any:
        opened.append(path.name)
        return plain(path)

    monkeypatch.setattr(header, "open_video", spy)
    summary = followed(folder, *IN_ORDER, lines=lines)
    assert [camera.files_added for camera in summary.cameras] == [3, 3], lines
    assert [camera.frames_read for camera in summary.cameras] == [150, 150], lines
    assert rows(folder, "select state from run") == [("unfinished",)]
    assert sum("is counted" in line for line in lines) == 6, lines
    assert sorted(opened) == sorted(file.name for file in folder.glob("*.mp4")), "once, not at every plan"
    assert_same_as_clean(folder)


def test_files_that_come_out_of_order_twice_and_under_names_of_their_own_are_counted_once(
    folder: Path,
) -> None:
    def twice(folder: Path) -> None:
        shutil.copy(folder / "a_20240514T080000.mp4", folder / "a_again_20240514T080000.mp4")
        shutil.copy(folder / "shelf" / "a_20240514T080005.mp4", folder / "a_20240514T080005.mp4.part")

    lines: list[str] = []
    steps = [
        *coming("a_*00"),
        twice,
        settle,
        *coming("b_*05", "b_*00"),
        *coming("a_*10", "a_*05"),
        *coming("b_*10"),
    ]
    summary = followed(folder, *steps, lines=lines)
    assert [camera.files_added for camera in summary.cameras] == [3, 3], lines
    assert rows(folder, "select count(*) from run") == [(1,)]
    (folder / "a_20240514T080005.mp4.part").unlink()
    assert_same_as_clean(folder)


def test_a_camera_whose_files_all_come_minutes_late_is_linked_as_if_they_had_come_in_time(
    folder: Path,
) -> None:
    def minutes_later(folder: Path) -> None:
        CLOCK.now += 300

    steps = [*coming("a_*00", "a_*05", "a_*10"), minutes_later, *coming("b_*10", "b_*00", "b_*05")]
    followed(folder, *steps)
    assert_same_as_clean(folder)


def test_a_file_that_is_written_slowly_waits_until_it_is_whole_as_do_those_behind_it(
    folder: Path,
) -> None:
    whole = (folder / "shelf" / "a_20240514T080005.mp4").read_bytes()
    slow = folder / "a_20240514T080005.mp4"
    taken: list[int] = []

    def write(upto: int) -> Step:
        def more(folder: Path) -> None:
            slow.write_bytes(whole[:upto])
            settle(folder)
            taken.append(rows(folder, "select count(*) from footage")[0][0])

        return more

    pieces = [len(whole) // 3, 2 * len(whole) // 3, len(whole) - 1]
    followed(folder, *coming("?_*00"))
    steps = [
        settle,
        look,
        write(pieces[0]),
        *coming("a_*10"),
        *[write(piece) for piece in pieces],
        *coming("a_*05", "b_*"),
    ]
    lines: list[str] = []
    followed(folder, *steps, lines=lines)
    assert not any("00.mp4 is counted" in line for line in lines), "it was, by the process before"
    assert taken == [2, 2, 2, 2], "neither the unfinished file nor the one behind it is read"
    assert_same_as_clean(folder)


def test_a_file_that_was_taken_too_early_is_read_on(folder: Path) -> None:
    target = folder / "a_20240514T080005.mp4"
    early = [
        *coming("?_*00"),
        lambda folder: write_video(target, film_of("a")[50:75], FPS),
        settle,
        *coming("a_*05", "b_*05"),
        *coming("?_*10"),
    ]
    lines: list[str] = []
    summary = followed(folder, *early, lines=lines)
    assert rows(folder, "select count(*) from run") == [(1,)], lines
    assert [camera.frames_skipped for camera in summary.cameras] == [0, 0], (
        "what was counted is not looked at"
    )
    assert_same_as_clean(folder, queries=QUERIES[:3])


def waited(folder: Path) -> None:
    """Let a camera be silent for longer than it is waited for."""
    CLOCK.now += PATIENCE_S + 1


class KilledError(Exception):
    """Stands for kill -9: nothing behind it is reached."""


def kill_after(patch: pytest.MonkeyPatch, transactions: int) -> None:
    done = 0

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal done
            if done == transactions:
                raise KilledError
            done += 1
            return method(*arguments, **options)

        return call

    for name in ("begin_run", "extend_run", "save_progress", "save_matching"):
        patch.setattr(FlowStore, name, counted(getattr(FlowStore, name)))


def test_killed_again_and_again_it_goes_on_where_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remaining = list(IN_ORDER)
    kills = 0
    for transactions in range(2, 400, 9):
        with monkeypatch.context() as patch:
            kill_after(patch, transactions)
            steps: list[Step] = [lambda folder: remaining and remaining.pop(0)(folder) for _ in remaining]
            try:
                followed(folder, settle, look, *steps, settle, look)
            except KilledError:
                kills += 1
            else:
                break
    assert kills > 3
    assert rows(folder, "select count(*) from run") == [(1,)]
    assert_same_as_clean(folder)


def test_a_silent_camera_holds_the_others_only_for_as_long_as_was_said(folder: Path) -> None:
    lines: list[str] = []
    journeys: list[int] = []
    early: list[str] = []

    def count(folder: Path) -> None:
        journeys.append(rows(folder, "select count(*) from journey")[0][0])

    steps = [
        *coming("?_*00"),
        *coming("a_*05"),
        count,
        waited,
        *coming("a_*10"),
        count,
        *coming("b_*05"),
        lambda folder: early.extend(lines),
        *coming("b_*10"),
        *[settle] * 5,
    ]
    followed(folder, *steps, lines=lines, **{"runtime.patience_s": PATIENCE_S})
    assert journeys[0] == 0, "matching waits for B"
    assert journeys[1] > 0, lines
    assert any("go on without it" in line for line in lines)
    assert not any("matched already" in line for line in early), f"late files are read together: {lines}"
    assert sum("matched already" in line for line in lines) == 1, lines
    assert_same_as_clean(folder)


def test_what_cannot_be_planned_or_opened_is_named_once_and_the_rest_is_counted(folder: Path) -> None:
    lines: list[str] = []

    def litter(folder: Path) -> None:
        (folder / "a_holiday.mp4").write_bytes(b"no video")
        (folder / "b_20240514T080500.mkv").write_bytes(b"neither")
        shutil.copy(folder / "shelf" / "a_20240514T080000.mp4", folder / "b_20240514T080007.mp4")

    steps = [*coming("?_*00"), litter, *[settle] * 40, *IN_ORDER[3:], settle]
    summary = followed(folder, *steps, lines=lines)
    for name, sentence in (
        ("a_holiday.mp4", "left aside: .*is not found in the name"),
        ("b_20240514T080500.mkv", "camera B: .*cannot be opened"),
        ("b_20240514T080007.mp4", "left aside: .*the same footage as"),
    ):
        assert sum(name in line and re.match(sentence, line) is not None for line in lines) == 1, (
            name,
            lines,
        )
    assert [camera.files_added for camera in summary.cameras] == [3, 4], lines
    for name in ("a_holiday.mp4", "b_20240514T080500.mkv", "b_20240514T080007.mp4"):
        (folder / name).unlink()
    assert_same_as_clean(folder, queries=QUERIES[:3])


def test_nothing_awaited_closes_the_run_and_deletes_its_embeddings(folder: Path) -> None:
    steps = [*coming("?_*00"), waited, look]
    followed(folder, *steps, **{"runtime.patience_s": PATIENCE_S})
    assert rows(folder, "select state from run") == [("finished",)]
    assert not (folder / "flows.db-gallery").exists()
    followed(folder, *IN_ORDER[3:])
    assert_same_as_clean(folder, queries=(COUNTS,))
