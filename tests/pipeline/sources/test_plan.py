"""Which file comes when."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import pytest

from pipeline.sources import Footage, PlannedSource, StartOrigin, TimePattern, plan_footage
from tests.pipeline.sources.video_files import plain_image, steady, write_video
from tracking.errors import FootageError, UsageError

NOON = datetime(2020, 2, 20, 12, 0, 0)
NOON_UTC = datetime(2020, 2, 20, 11, 0, 0, tzinfo=UTC).timestamp()
PATTERN = TimePattern("%Y-%m-%d_%H-%M-%S")


def footage(location: Path, start: datetime | None = None, pattern: TimePattern | None = None) -> Footage:
    zone = ZoneInfo("Europe/Amsterdam")
    return Footage(
        "A", (str(location),), zone, start=start, time_pattern=pattern, key="site.yaml: cameras[0]"
    )


def starts(plan: tuple[PlannedSource, ...]) -> list[float]:
    return [source.start - NOON_UTC for source in plan]


def test_files_without_a_time_follow_each_other(tmp_path: Path) -> None:
    for shade, name in enumerate(("cam_10.mp4", "cam_9.mp4", "cam_1.mp4")):
        write_video(tmp_path / name, steady(50), shade=shade)
    plan = plan_footage(footage(tmp_path, start=NOON))
    assert [source.name for source in plan] == ["cam_1.mp4", "cam_9.mp4", "cam_10.mp4"]
    assert starts(plan) == pytest.approx([0.0, 2.0, 4.0])
    assert [source.origin for source in plan] == [StartOrigin.SITE_FILE, *[StartOrigin.BEHIND_PREVIOUS] * 2]


def test_names_decide_the_order_and_the_clock_offset_moves_all(tmp_path: Path) -> None:
    write_video(tmp_path / "b_2020-02-20_12-00-00.mp4", steady(10))
    write_video(tmp_path / "a_2020-02-20_12-05-00.mp4", steady(10))
    site = footage(tmp_path, pattern=PATTERN)
    moved = Footage("A", site.locations, site.zone, time_pattern=PATTERN, clock_offset_s=-7.5)
    assert starts(plan_footage(site)) == pytest.approx([0.0, 300.0])
    assert starts(plan_footage(moved)) == pytest.approx([-7.5, 292.5])


def test_a_name_beats_the_start_of_the_site_file(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-02-20_12-00-00.mp4", steady(10))
    assert starts(plan_footage(footage(tmp_path, datetime(2019, 1, 1), PATTERN))) == [0.0]


def test_a_second_that_is_rounded_away_does_not_overlap(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-02-20_12-00-00.mp4", steady(60))
    write_video(tmp_path / "2020-02-20_12-00-02.mp4", steady(60), shade=9)
    plan = plan_footage(footage(tmp_path, pattern=PATTERN))
    assert starts(plan) == pytest.approx([0.0, 2.4])
    assert plan[1].notes == ()


def test_rounding_does_not_add_up_over_many_files(tmp_path: Path) -> None:
    for n in range(12):
        write_video(tmp_path / f"2020-02-20_12-00-{2 * n:02d}.mp4", steady(56))
    errors = [
        start - 2 * n for n, start in enumerate(starts(plan_footage(footage(tmp_path, pattern=PATTERN))))
    ]
    assert max(errors) <= 1.0, errors


def test_real_overlap_is_said(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-02-20_12-00-00.mp4", steady(250))
    write_video(tmp_path / "2020-02-20_12-00-02.mp4", steady(300))
    plan = plan_footage(footage(tmp_path, pattern=PATTERN))
    assert plan[1].notes == ("it begins 8.0 s before the end of 2020-02-20_12-00-00.mp4",)


def test_the_second_pass_of_the_autumn_hour_is_recognised(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-10-25_02-00-00_a.mkv", steady(2, fps=1 / 3000))
    write_video(tmp_path / "2020-10-25_02-00-00_b.mkv", steady(50))
    first, second = plan_footage(footage(tmp_path, pattern=PATTERN))
    assert second.start - first.start == 3600.0
    assert "1 of the first pass (summer time) and 1 of the second" in first.notes[0]
    assert second.notes == ()


def test_the_container_tells_its_start(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", steady(10), created="2020-02-20T11:00:00Z")
    (plan,) = plan_footage(footage(tmp_path))
    assert (plan.start, plan.origin) == (NOON_UTC, StartOrigin.CONTAINER)
    assert "taken from the container" in plan.notes[0]


def test_the_site_file_beats_the_container(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", steady(10), created="2024-01-01T00:00:00Z")
    assert starts(plan_footage(footage(tmp_path, start=NOON))) == [0.0]


def test_a_container_without_a_clock_tells_nothing(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", steady(10), created="1970-01-01T00:00:00Z")
    with pytest.raises(UsageError, match=r"cameras\[0\]\.start: a\.mp4 does not say"):
        plan_footage(footage(tmp_path))


def test_a_container_written_for_all_files_at_once_is_not_believed(tmp_path: Path) -> None:
    for shade, name in enumerate(("a.mp4", "b.mp4")):
        write_video(tmp_path / name, steady(50), created="2020-02-20T11:00:00Z", shade=shade)
    plan = plan_footage(footage(tmp_path))
    assert starts(plan) == pytest.approx([0.0, 2.0])


def test_a_name_without_the_pattern_is_one_sentence(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", steady(10))
    with pytest.raises(UsageError) as raised:
        plan_footage(footage(tmp_path, pattern=PATTERN))
    assert str(raised.value) == (
        "site.yaml: cameras[0].time_pattern: %Y-%m-%d_%H-%M-%S is not found in the name a.mp4; "
        "give the pattern of the date and time in the file names"
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "is empty (0 bytes)"), (b"This is a letter.\n" * 50, "cannot be opened as video")],
)
def test_a_camera_without_one_readable_file_is_an_error(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    (tmp_path / "b.mp4").write_bytes(content)
    with pytest.raises(FootageError) as raised:
        plan_footage(footage(tmp_path, start=NOON))
    message = str(raised.value)
    assert message.startswith("site.yaml: cameras[0].source: "), message
    assert complaint in message, message
    assert "(and 1 more)" in message, message


def test_a_file_behind_one_of_unknown_length_says_so(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", steady(50))
    (tmp_path / "b.mp4").write_bytes(b"")
    write_video(tmp_path / "c.mp4", steady(50), shade=9)
    a, b, c = plan_footage(footage(tmp_path, start=NOON))
    assert (a.header is not None, b.header, c.start - a.start) == (True, None, pytest.approx(2.0))
    assert "the length of b.mp4 before it is unknown" in c.notes


def test_pictures_at_a_given_rate(tmp_path: Path) -> None:
    for n in (1, 2, 10):
        cv2.imwrite(str(tmp_path / f"f{n}.png"), plain_image(100))
    site = footage(tmp_path, start=NOON)
    (plan,) = plan_footage(Footage("A", site.locations, site.zone, start=NOON, fps=2.0))
    assert plan.offsets_s == (0.0, 0.5, 1.0)
    assert plan.end - plan.start == pytest.approx(1.5)


def test_pictures_tell_their_own_times(tmp_path: Path) -> None:
    for second in ("30", "05", "10"):
        cv2.imwrite(str(tmp_path / f"x_2020-02-20_12-00-{second}.jpg"), plain_image(100))
    (plan,) = plan_footage(footage(tmp_path, pattern=PATTERN))
    assert starts((plan,)) == [5.0]
    assert plan.offsets_s == (0.0, 5.0, 25.0)


def test_pictures_without_a_time_are_one_sentence(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "f1.png"), plain_image(100))
    with pytest.raises(UsageError, match=r"cameras\[0\]\.fps: .* give fps .* or time_pattern"):
        plan_footage(footage(tmp_path, start=NOON))
