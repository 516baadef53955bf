"""How a followed site knows that a file is complete."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.runner.following.folders import CUT_FACTOR, UNTOLD_FACTOR, FolderWatch
from pipeline.runner.following.patience import LEAST_PATIENCE_S, MOST_PATIENCE_S, Patience
from pipeline.sources import Footage, TimePattern
from pipeline.sources.outline import Outline, outline_of
from tests.command_line import street, write_video
from tests.pipeline.following.street_files import Clock

SETTLE_S = 10.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One film in several containers."""
    folder = tmp_path_factory.mktemp("videos")
    return {kind: write_video(folder / f"v.{kind}", street(12)).read_bytes() for kind in ("mp4", "mkv", "ts")}


def watch(folder: Path, clock: Clock, location: str = "*", pattern: str | None = None) -> FolderWatch:
    told = TimePattern(pattern) if pattern else None
    footage = Footage("A", (str(folder / location),), ZoneInfo("UTC"), time_pattern=told)
    return FolderWatch({"A": footage}, SETTLE_S, clock)


def complete(watcher: FolderWatch) -> list[str]:
    return sorted(path.name for path in watcher.look().complete["A"])


def wait(watcher: FolderWatch, clock: Clock, seconds: float) -> list[str]:
    clock.now += seconds
    return complete(watcher)


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_a_file_that_breaks_off_anywhere_is_not_whole(
    tmp_path: Path, videos: dict[str, bytes], kind: str
) -> None:
    whole, path = videos[kind], tmp_path / "v"
    path.write_bytes(whole)
    assert outline_of(path) is Outline.WHOLE
    for length in (*range(0, len(whole), max(1, len(whole) // 150)), len(whole) - 1):
        path.write_bytes(whole[:length])
        assert outline_of(path) is not Outline.WHOLE, f"{length} of {len(whole)} bytes"


def test_a_table_of_contents_before_the_pictures_does_not_make_a_file_whole(
    tmp_path: Path, videos: dict[str, bytes]
) -> None:
    boxes = dict(boxes_of(videos["mp4"]))
    first = boxes[b"ftyp"] + boxes[b"moov"] + boxes[b"mdat"]
    (tmp_path / "v").write_bytes(first)
    assert outline_of(tmp_path / "v") is Outline.WHOLE
    (tmp_path / "v").write_bytes(first[:-1])
    assert outline_of(tmp_path / "v") is Outline.CUT


def boxes_of(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    places = [0]
    while places[-1] < len(content):
        places.append(places[-1] + int.from_bytes(content[places[-1] : places[-1] + 4]))
    for begin, end in pairwise(places):
        yield content[begin + 4 : begin + 8], content[begin:end]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\0" * 64, b"\x1a\x45\xdf\xa3", b"\0\0\0\x08moov", b"\0\0\0\1mdat"]
)
def test_files_of_any_content_can_be_asked(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v").write_bytes(content)
    assert isinstance(outline_of(tmp_path / "v"), Outline)


def test_a_whole_file_is_complete_once_it_was_at_rest(
    tmp_path: Path, clock: Clock, videos: dict[str, bytes]
) -> None:
    watcher = watch(tmp_path, clock)
    (tmp_path / "a.mp4").write_bytes(videos["mp4"])
    assert complete(watcher) == []
    assert wait(watcher, clock, SETTLE_S - 1) == []
    (tmp_path / "a.mp4").write_bytes(videos["mp4"] + b"\0\0\0\x08free")
    assert wait(watcher, clock, 2) == [], "it changed meanwhile"
    assert wait(watcher, clock, SETTLE_S) == ["a.mp4"]


def test_files_that_do_not_tell_their_end_or_break_off_wait_longer(
    tmp_path: Path, clock: Clock, videos: dict[str, bytes]
) -> None:
    watcher = watch(tmp_path, clock)
    complete(watcher)
    (tmp_path / "a.mp4").write_bytes(videos["mp4"][:-9])
    assert complete(watcher) == []
    assert wait(watcher, clock, UNTOLD_FACTOR * SETTLE_S) == []
    (tmp_path / "b.ts").write_bytes(videos["ts"])
    assert wait(watcher, clock, 1) == []
    assert wait(watcher, clock, UNTOLD_FACTOR * SETTLE_S) == [], "the one before it may still be sent"
    assert wait(watcher, clock, CUT_FACTOR * SETTLE_S) == ["a.mp4", "b.ts"]


def test_a_file_that_does_not_tell_its_end_is_complete_when_the_next_one_has_begun(
    tmp_path: Path, clock: Clock, videos: dict[str, bytes]
) -> None:
    watcher = watch(tmp_path, clock)
    (tmp_path / "a.ts").write_bytes(videos["ts"])
    assert complete(watcher) == []
    assert wait(watcher, clock, SETTLE_S) == []
    (tmp_path / "b.ts").write_bytes(videos["ts"][:188])
    assert wait(watcher, clock, 1) == ["a.ts"]


def test_what_was_cut_off_before_anybody_watched_holds_nothing_back(
    tmp_path: Path, clock: Clock, videos: dict[str, bytes]
) -> None:
    (tmp_path / "a.mp4").write_bytes(videos["mp4"][:-9])
    (tmp_path / "b.mp4").write_bytes(videos["mp4"])
    watcher = watch(tmp_path, clock)
    complete(watcher)
    assert wait(watcher, clock, SETTLE_S) == ["b.mp4"]


def test_order_is_that_of_the_times_in_the_names(
    tmp_path: Path, clock: Clock, videos: dict[str, bytes]
) -> None:
    watcher = watch(tmp_path, clock, pattern="%d-%m-%Y")
    complete(watcher)
    (tmp_path / "01-06-2024.mp4").write_bytes(videos["mp4"][:-9])
    (tmp_path / "31-05-2024.mp4").write_bytes(videos["mp4"])
    complete(watcher)
    assert wait(watcher, clock, SETTLE_S) == ["31-05-2024.mp4"]


@pytest.mark.parametrize(
    ("location", "expected"),
    [("*", ["a.mp4"]), ("a*", ["a.mp4"]), ("*.part", ["b.mp4.part"]), ("", ["a.mp4"]), (".*", [".c.mp4"])],
)
def test_names_of_files_under_way_are_taken_only_where_the_glob_names_them(
    tmp_path: Path, clock: Clock, videos: dict[str, bytes], location: str, expected: list[str]
) -> None:
    for name in ("a.mp4", "a.mp4.tmp", "a.filepart", "b.mp4.part", ".c.mp4"):
        (tmp_path / name).write_bytes(videos["mp4"])
    watcher = watch(tmp_path, clock, location)
    complete(watcher)
    assert wait(watcher, clock, SETTLE_S) == expected


def test_a_share_that_is_away_for_a_while_is_no_sign_and_no_trouble(
    tmp_path: Path, clock: Clock, videos: dict[str, bytes]
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "a.mp4").write_bytes(videos["mp4"])
    watcher = watch(share, clock)
    complete(watcher)
    assert wait(watcher, clock, SETTLE_S) == ["a.mp4"]
    share.rename(tmp_path / "away")
    look = watcher.look()
    assert (look.complete, look.signs, look.troubles) == ({"A": {}}, frozenset(), {})
    (tmp_path / "away").rename(share)
    assert watcher.look().signs == {"A"}
    assert wait(watcher, clock, SETTLE_S) == ["a.mp4"]


def test_cameras_are_waited_for_twice_as_long_as_their_files_are(clock: Clock) -> None:
    patience = Patience("AB", None, clock)
    patience.learn({"A": 3000.0, "B": 60.0})
    clock.now = LEAST_PATIENCE_S + 1
    assert patience.awaited() == {"A"}
    patience.heard(["B"])
    assert patience.awaited() == {"A", "B"}
    clock.now = 6001.0
    assert patience.awaited() == frozenset()


@pytest.mark.parametrize(("patience_s", "longest_s"), [(None, MOST_PATIENCE_S), (60.0, 60.0)])
def test_a_file_that_only_grows_does_not_make_the_others_wait_for_ever(
    clock: Clock, patience_s: float | None, longest_s: float
) -> None:
    patience = Patience("A", patience_s, clock)
    patience.learn({"A": 86400.0})
    while clock.now < longest_s:
        assert patience.awaited() == {"A"}
        clock.now += longest_s / 10
        patience.heard("A")
    assert patience.awaited() == frozenset()
    patience.read("A")
    assert patience.awaited() == {"A"}
