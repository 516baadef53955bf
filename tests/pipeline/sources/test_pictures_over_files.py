"""What pictures show is judged over files that follow each other, also where reading begins anew."""

from itertools import islice
from math import inf
from pathlib import Path

import pytest

from pipeline.sources import CameraSource, Interval, SourcePosition, Unseen, join_intervals
from tests.pipeline.sources.test_camera import PATTERN, camera
from tests.pipeline.sources.video_files import noise_image, plain_image, steady, write_video


def stretches(source: CameraSource, unwatched: bool = False, until: float = inf) -> list[Interval]:
    found = [
        one for report in source.reports() for one in (report.unobserved if unwatched else report.observed)
    ]
    return [Interval(one.start, min(one.end, until)) for one in found if one.start < until]


def short_files(folder: Path, length: int = 60) -> None:
    """Ten seconds that live, 25 s that do not, and five that live again, in files of six seconds."""
    still = plain_image(90, 160, 120)
    images = [still if 100 <= n < 350 else noise_image(n) for n in range(400)]
    for number in range(0, 400, length):
        part = images[number : number + length]
        write_video(folder / f"a{number:03d}.mkv", steady(len(part), fps=10), part, codec="mjpeg")


def test_a_picture_that_stands_over_several_short_files_is_frozen(tmp_path: Path) -> None:
    short_files(tmp_path)
    source = camera(tmp_path)
    list(source.frames())
    frozen = sum(report.seconds_unobserved.get(Unseen.FROZEN, 0.0) for report in source.reports())
    assert frozen == pytest.approx(25.0, abs=1.1)
    assert sum(one.duration_s for one in stretches(source)) == pytest.approx(15.0, abs=1.1)
    assert len(source.reports()) == 7
    assert all(report.finished for report in source.reports())


def test_a_picture_that_stands_at_the_end_of_many_files_apart_is_not(tmp_path: Path) -> None:
    for hour in range(3):
        images = [noise_image(0)] * 60
        write_video(tmp_path / f"2020-02-20_1{hour}-00-00.mkv", steady(60, fps=10), images)
    source = camera(tmp_path, pattern=PATTERN)
    list(source.frames())
    assert sum(one.duration_s for one in stretches(source)) == pytest.approx(18.0)


@pytest.mark.parametrize("cut", [61, 119, 120, 150, 245, 300, 362])
def test_a_restart_in_any_of_several_files_gives_the_same_coverage(tmp_path: Path, cut: int) -> None:
    short_files(tmp_path)
    whole, first, second = camera(tmp_path), camera(tmp_path), camera(tmp_path)
    list(whole.frames())
    *_, last = islice(first.frames(), cut)
    list(second.frames(SourcePosition(last.source, last.index + 1, last.time)))
    for unwatched in (False, True):
        both = [*stretches(first, unwatched, last.time), *stretches(second, unwatched)]
        plain = [Interval(one.start, one.end) for one in stretches(whole, unwatched)]
        assert join_intervals(both, 0.001) == join_intervals(plain, 0.001)
