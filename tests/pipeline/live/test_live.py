"""Cameras that die, stall, freeze and lie, over a real connection."""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.cameras import detectors
from pipeline.sources import coverage
from tests.command_line import pipeline, street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.live.watching import (
    BLUE,
    GREEN,
    NOBODY_THERE,
    RED,
    observed_s,
    reasons,
    riders,
    rows,
    watching,
    watching_one,
    write_site,
)
from tests.streams import FPS, Feed, played, serving
from tracking.arrays import Image
from tracking.attention import view
from tracking.values import Detections


def again(*feeds: Feed) -> Feed:
    """Another feed for each visit; the last one for all that follow."""
    waiting = list(feeds)

    def next_one() -> Iterator[bytes]:
        feed = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return feed()

    return next_one


def nobody() -> Iterator[bytes]:
    """A street in which nobody comes."""
    return played(street(1) * 600)


def test_riders_are_counted_and_linked_while_another_camera_is_dead(folder: Path) -> None:
    feeds: dict[str, Feed] = {
        "a": again(lambda: played(street(60, ((2, RED),))), nobody),
        "b": again(lambda: played(street(80, ((28, RED),))), nobody),
    }
    with serving(feeds) as server:
        addresses = {"A": server.address("a", "user:secret@"), "C": NOBODY_THERE, "B": server.address("b")}
        with watching(write_site(folder, addresses)) as run:
            run.wait_for_riders(1, "B")
            left = riders(folder, "B")[0][1]
            assert time.time() - left < 6, "a rider is in the database within seconds"
            summary = run.stop()
    assert len(riders(folder, "A")) == len(riders(folder, "B")) == 1
    assert rows(folder, "select count(*) from match") == [(1,)]
    assert rows(folder, "select state, live from run") == [("finished", 1)]
    assert summary.unread == ("C",)
    assert set(reasons(folder, "C")) == {"unreachable"}
    assert observed_s(folder, "C") == 0
    assert observed_s(folder, "B") == pytest.approx(6, abs=2)
    everything = "\n".join([*run.lines, repr(summary), (folder / "flows.db").read_bytes().decode("latin-1")])
    assert "secret" not in everything


@pytest.mark.long
def test_a_camera_that_dies_and_comes_back_is_read_again(folder: Path) -> None:
    dead = threading.Event()

    def dies() -> Iterator[bytes]:
        yield from played(street(25, ((2, RED),)))
        dead.set()

    with watching_one(folder, again(dies, lambda: played(street(60, ((8, GREEN),))))) as run:
        run.wait_for_riders(2)
        run.wait("the second connection", lambda: run.state("A").reconnects >= 1)  # type: ignore[union-attr]
        summary = run.stop()
    assert dead.is_set()
    assert "connection_lost" in reasons(folder, "A")
    assert summary.cameras[0].problems[0].startswith("connected to again")


@pytest.mark.long
def test_a_camera_that_stalls_with_the_socket_open_is_let_go(folder: Path) -> None:
    go_on = threading.Event()

    def stalls() -> Iterator[bytes]:
        yield from played(street(25, ((2, RED),)))
        go_on.wait(20)

    with watching_one(folder, again(stalls, nobody)) as run:
        # Who was in view when it stalled is closed, and does not wait for it to come back.
        run.wait_for_riders(1)
        run.wait_for_line("nothing came for 1.5 s")
        run.wait_for_line("connected (", 2)
        go_on.set()
        run.wait("the second picture", lambda: "stalled" in reasons(folder, "A"))
        run.stop()
    assert reasons(folder, "A")["stalled"] >= 1.5


@pytest.mark.long
def test_a_frozen_picture_is_not_watched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "FROZEN_AFTER_S", 2.0)
    alive = [
        np.clip(image + np.random.default_rng(n).integers(0, 9, image.shape), 0, 255).astype(np.uint8)
        for n, image in enumerate(street(25))
    ]
    with watching_one(folder, lambda: played(alive + [alive[-1]] * 80)) as run:
        run.wait("frozen", lambda: reasons(folder, "A").get("frozen", 0) > 3)
        run.stop()
    assert observed_s(folder, "A") < 4


@pytest.mark.long
def test_stamps_that_jump_and_lie_do_not_move_riders_in_time(folder: Path) -> None:
    def lying(number: int) -> float:
        """Back to nought after three seconds, an hour ahead after five."""
        return number / FPS if number < 36 else (number - 36) / FPS + (3600 if number >= 60 else 0)

    pictures = street(96, ((5, RED), (36, GREEN)))
    with watching_one(folder, lambda: played(pictures, stamps=lying)) as run:
        began = time.time()
        run.wait("all pictures", lambda: (state := run.state("A")) and state.frames >= 94)
        state = run.state("A")
        run.stop()
    assert state is not None
    assert state.clock_steps == 2
    assert state.out_of_order < 10
    found = riders(folder, "A")
    assert len(found) >= 1
    assert all(began - 5 < enter < leave < time.time() + 1 for enter, leave, _ in found), found
    assert 6 < observed_s(folder, "A") < 9.5


@pytest.mark.long
def test_another_resolution_in_mid_stream_is_resized(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: set[tuple[int, ...]] = set()

    class Spy(ColourDetector):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            shapes.update(image.shape for image in images)
            return super().detect(images)

    monkeypatch.setattr(detectors, "build_detector", lambda settings: Spy())
    small = street(60, ((2, RED), (14, GREEN)))
    pictures = [small[0]] * 5 + small[:8] + [cv2.resize(one, (480, 270)) for one in small[8:]]
    with watching_one(folder, lambda: played(pictures)) as run:
        run.wait_for_riders(2)
        state = run.state("A")
        run.stop()
    assert state is not None
    assert state.size == (320, 180)
    assert (180, 320, 3) in shapes
    assert (270, 480, 3) not in shapes


@pytest.mark.long
def test_a_camera_that_is_moved_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "SNAPSHOT_EVERY_S", 0.0)
    before = street(36, ((2, RED),))
    pictures = before + [np.roll(one, 32, axis=1) for one in street(60, ((2, RED),))]
    with watching_one(folder, again(lambda: played(pictures), nobody)) as run:
        run.wait("the movement", lambda: (state := run.state("A")) and state.moved)
        state = run.state("A")
        run.stop()
    assert state is not None
    assert state.moved is not None
    assert (state.moved.across, state.moved.down) == pytest.approx((0.1, 0.0), abs=0.01)


def test_a_wrong_password_is_told_and_is_not_tried_again_and_again(folder: Path) -> None:
    with serving({"a": lambda: played(street(20))}, password="Basic none") as server:
        with watching(write_site(folder, {"A": server.address("a", "user:wrong%40@")})) as run:
            run.wait_for_line("access was refused")
            time.sleep(1)
            summary = run.stop()
        assert server.visits["a"] == 0
    assert sum("refused" in line for line in run.lines) == 1
    assert "wrong" not in "\n".join(run.lines)
    assert set(reasons(folder, "A")) <= {"unreachable", "not_admitted"}
    assert summary.unread == ("A",)


@pytest.mark.long
def test_what_a_slow_detector_loses_is_counted_and_not_watched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector(0.7))
    pictures = street(200, ((20, RED), (60, GREEN), (100, BLUE), (140, RED)))
    with watching_one(folder, lambda: played(pictures), ", attention: {parts: false}") as run:
        run.wait("drops", lambda: (state := run.state("A")) and state.dropped > 3)
        state = run.state("A")
        run.wait("told", lambda: "dropped" in reasons(folder, "A"))
        summary = run.stop()
    assert state is not None
    assert state.thinned > 0, "looks come less often before any is lost"
    assert any("dropped" in one for one in summary.cameras[0].problems)


def test_the_site_file_is_taken_up_for_one_camera_alone(folder: Path) -> None:
    feeds: dict[str, Feed] = {name: (lambda: played(street(1) * 600)) for name in "ab"}
    with serving(feeds) as server:
        addresses = {"A": server.address("a"), "B": server.address("b")}
        site = write_site(folder, addresses)
        with watching(site) as run:
            run.wait_for_line("connected (", 2)
            write_site(folder, addresses, A=", exclude: [[[0, 0], [0.2, 0], [0, 0.2]]]")
            run.reload.set()
            run.wait_for_line("camera A: begins anew")
            run.wait_for_line("camera A: http", 2)
            # Nobody need say that the file was saved.
            site.write_text("site: [")
            run.wait_for_line("is not taken up")
            run.stop()
        assert server.visits == {"a": 2, "b": 1}


def test_streams_and_files_do_not_mix(folder: Path) -> None:
    site = write_site(folder, {"A": NOBODY_THERE, "B": "b.mp4"})
    (folder / "b.mp4").write_bytes(b"")
    answer = pipeline("run", "--cameras", site)
    assert answer.code == 2
    assert "cameras[1].source" in answer.err
    assert "a site file of their own, with the same site and database" in answer.err
    assert pipeline("run", "--live", "--follow", "--cameras", site).code == 2


def test_recorded_cameras_of_the_same_site_are_counted_beside_it(folder: Path) -> None:
    """What the refusal says: a site file of their own, before and after the live run."""
    write_video(folder / "b.mp4", street(60, ((2, RED),)), FPS)
    recorded = folder / "recorded.yaml"

    def count_recorded(hour: int) -> None:
        start = f", start: 2024-05-14T{hour:02}:00:00"
        write_site(folder, {"B": "b.mp4"}, B=start).rename(recorded)
        answer = pipeline("run", "--cameras", recorded)
        assert answer.code == 0, answer.err

    count_recorded(8)
    # Where saving takes long at first, pictures are dropped, and who passed then was not watched.
    with watching_one(folder, lambda: played(street(160, ((2, GREEN), (52, GREEN), (104, GREEN))))) as run:
        run.wait_for_riders(2, "A")
        run.stop()
    watched = riders(folder, "A")
    assert watched
    assert len(riders(folder, "B")) == 1
    assert rows(folder, "select name from site") == [("test",)]
    assert rows(folder, "select count(*) from match") == [(0,)]
    (folder / "b.mp4").unlink()
    write_video(folder / "b.mp4", street(70, ((2, RED), (20, GREEN))), FPS)
    count_recorded(9)
    assert riders(folder, "A") == watched, "the live camera keeps what it saw"
    assert len(riders(folder, "B")) == 3
