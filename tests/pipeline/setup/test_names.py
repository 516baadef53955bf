"""Names of recordings: which camera, and when it began."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.setup.finding import find_cameras
from pipeline.setup.places import sources_for
from pipeline.setup.times import pattern_of, times_in, without_time
from pipeline.sources import TimePattern
from pipeline.sources.files import find_sources
from tracking.errors import UsageError

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "pattern", "rest"),
    [
        ("A_2024-05-14_08-00-00", "%Y-%m-%d_%H-%M-%S", "A"),
        ("20240514_080000_bridge", "%Y%m%d_%H%M%S", "bridge"),
        ("cam 2 2024.05.14 08.00", "%Y.%m.%d %H.%M", "cam 2"),
        ("north-20240514080000", "%Y%m%d%H%M%S", "north"),
        ("2024-05-14T08_00_00Z-south", "%Y-%m-%dT%H_%M_%S%z", "south"),
        ("x_14-05-2024_08-00-00", "%d-%m-%Y_%H-%M-%S", "x"),
        ("x_05-14-2024_08-00-00", "%m-%d-%Y_%H-%M-%S", "x"),
        ("Front Door - 2-9-2020, 11.21.12pm", "%m-%d-%Y, %I.%M.%S%p", "Front Door"),
        ("cam_1715666400", "%s", "cam"),
        ("cam_1715666400123", "%s%f", "cam"),
        ("ch01_20240514080000_20240514090000", "%Y%m%d%H%M%S", "ch01"),
        ("gate_2024-05-14_08-00-00_0003", "%Y-%m-%d_%H-%M-%S", "gate"),
        ("100%_2024-05-14_08h00m00", "%Y-%m-%d_%Hh%Mm%S", "100%"),
        ("parking_bicycle", None, "parking_bicycle"),
        ("GOPR0001", None, "GOPR"),
        ("GOPR0001 (1)", None, "GOPR"),
        ("cam2", None, "cam2"),
        ("00012", None, "00012"),
        ("2024-05-14", None, "2024-05-14"),
        ("A_2024-13-14_08-00-00", None, "A_2024-13-14_08-00-00"),
        ("A_2024-02-31_08-00-00", None, "A"),
        ("A_2054-05-14_08-00-00", None, "A"),
    ],
)  # fmt: skip
def test_a_name_tells_camera_and_time(name: str, pattern: str | None, rest: str) -> None:
    assert pattern_of([name], now=NOW) == pattern
    assert without_time(name) == rest


MOMENTS = st.datetimes(datetime(1991, 1, 1), datetime(2026, 11, 1)).map(
    lambda one: one.replace(microsecond=0)
)
FORMS = st.sampled_from(
    [
        "%Y-%m-%d_%H-%M-%S",
        "%Y%m%d_%H%M%S",
        "%Y%m%d%H%M%S",
        "%Y_%m_%d %H.%M.%S",
        "%d-%m-%Y_%H-%M-%S",
        "%Y%m%dT%H%M%S",
    ]
)
AROUND = st.text("abcXYZ -_()", max_size=8)


@given(moments=st.lists(MOMENTS, min_size=1, max_size=5), form=FORMS, before=AROUND, after=AROUND)
def test_what_a_recorder_wrote_is_read_again(
    moments: list[datetime], form: str, before: str, after: str
) -> None:
    names = [f"{before}{moment.strftime(form)}{after}" for moment in moments]
    pattern = pattern_of(names, now=NOW)
    assert pattern is not None
    reader = TimePattern(pattern)
    read = [reader.read(name) for name in names]
    if form.startswith("%Y"):
        assert [one and one.replace(tzinfo=None) for one in read] == moments


@given(st.text(max_size=60), st.booleans())
def test_any_name_is_read_or_not_but_never_breaks(name: str, folders: bool) -> None:
    for told in times_in(name, folders=folders):
        TimePattern(told.pattern).read(name)
        assert 0 <= told.start < told.end <= len(name)
    assert pattern_of([name], folders=folders) is None or without_time(name) is not None


def made(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")


@pytest.mark.parametrize(
    ("files", "asked", "cameras"),
    [
        (["a/A_2024-05-14_08-00-00.mp4", "a/B_2024-05-14_08-00-00.mp4"], ["a"], {"A": 1, "B": 1}),
        (["north/rec_1.mp4", "south/rec_1.mp4"], ["north", "south"], {"north": 1, "south": 1}),
        (["all/north/2024-05-14/08/00.mp4", "all/north/2024-05-15/08/00.mp4"], ["all"], {"north": 2}),
        (["x/north/a.mp4", "x/north/b.mp4", "x/south/a.mp4"], ["x"], {"north-a": 1, "b": 1, "south-a": 1}),
        (["x/GOPR0001.MP4", "x/GOPR0002.MP4"], ["x"], {"GOPR": 2}),
        (["x/cam1.mp4", "x/cam2.mp4"], ["x/cam1.mp4", "x/cam2.mp4"], {"cam1": 1, "cam2": 1}),
        (["x/cam1.mp4", "x/cam2.mp4"], ["bridge=x"], {"bridge": 2}),
        (["x/it's > \"here\".mp4", "x/.hidden.mp4", "x/b.mp4.part"], ["x"], {"it-s - -here-": 1}),
        (["x/A.mp4", "x/a.mkv"], ["x"], {"a": 1, "A-2": 1}),
        (["p/1.jpg", "p/2.jpg", "q/1.jpg"], ["p", "q"], {"p": 1, "q": 1}),
    ],
)  # fmt: skip
def test_recordings_are_grouped_by_camera(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: list[str],
    asked: list[str],
    cameras: dict[str, int],
) -> None:
    made(tmp_path, *files)
    monkeypatch.chdir(tmp_path)
    found = find_cameras(asked)
    assert {one.id: len(one.files) for one in found} == cameras
    for one in found:
        locations = sources_for(one, tmp_path)
        again = {source.path.resolve() for source in find_sources(locations, "")}
        assert again == {path.resolve() for path in one.files}
        assert not any(Path(location).is_absolute() for location in locations)


@pytest.mark.parametrize(
    ("files", "asked", "source"),
    [
        (["f/A_2024-05-14_08-00-00.mp4"], "f", "f/A_*.mp4"),
        (["[2024] site/A_2024-05-14_08-00-00.mp4"], "[2024] site", "[2024] site/A_*.mp4"),
        (["c/2024-05-14/08-00-00.mp4", "c/2024-05-15/08-00-00.mp4"], "c", "c/**/*.mp4"),
        (["c/2024-05-14/08-00-00.mp4"], "c", "c/**/*.mp4"),
        (["c/one.mp4"], "c", "c/one.mp4"),
        (["p/1.jpg", "p/2.jpg"], "p", "p"),
    ],
)  # fmt: skip
def test_a_site_file_finds_the_recordings_of_tomorrow_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], asked: str, source: str
) -> None:
    made(tmp_path, *files)
    monkeypatch.chdir(tmp_path)
    (found,) = find_cameras([asked])
    assert sources_for(found, tmp_path) == (source,)


@pytest.mark.parametrize("asked", ["nothing", "empty", "no*.mp4", "rtsp://camera/1"])
def test_footage_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="FOOTAGE"):
        find_cameras([asked])


def test_one_clock_that_was_not_set_hides_no_pattern() -> None:
    names = ["A_1970-01-01_01-00-10", "A_2026-05-14_08-00-00"]
    assert pattern_of(names, now=NOW) == "%Y-%m-%d_%H-%M-%S"
    assert pattern_of(names[:1], now=NOW) is None


def test_the_year_after_next_is_no_recording() -> None:
    name = (NOW + timedelta(days=800)).strftime("A_%Y-%m-%d_%H-%M-%S")
    assert pattern_of([name], now=NOW) is None
