"""The real program, killed and stopped in mid-stream, and given again."""

import signal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.command_line import street
from tests.pipeline.following.test_process import Program as Follower
from tests.pipeline.live.watching import (
    NOBODY_THERE,
    RED,
    Watching,
    reasons,
    riders,
    rows,
    watching,
    write_site,
)
from tests.streams import played, serving

BOTH = (
    "select count(*) from coverage v join unobserved u using (camera_id)"
    " where v.start_time < u.end_time and u.start_time < v.end_time"
)
"""Time that was watched and was not."""


class Program(Follower):
    """``pipeline run --live`` with the colour detector, in a process of its own."""

    mode = "--live"


@pytest.mark.long
def test_a_killed_run_goes_on_and_a_stopped_one_is_finished(tmp_path: Path) -> None:
    feeds = {"a": lambda: played(street(1) * 10 + street(160, ((5, RED), (80, RED))))}
    with serving(feeds) as server:
        write_site(tmp_path, {"A": server.address("a", "user:secret@")})
        first = Program(tmp_path)
        first.wait(lambda: len(riders(tmp_path, "A")) >= 1)
        assert first.end(signal.SIGKILL) == -signal.SIGKILL
        before = riders(tmp_path, "A")
        assert rows(tmp_path, "select state from run") == [("unfinished",)]

        second = Program(tmp_path)
        second.wait_for("going on with the run that was interrupted")
        second.wait(lambda: len(riders(tmp_path, "A")) >= len(before) + 1)
        assert second.end(signal.SIGTERM) == 0, second.log
    found = riders(tmp_path, "A")
    assert found[: len(before)] == before
    assert all(left < entered for (_, left, _), (entered, _, _) in pairwise(found)), found
    assert rows(tmp_path, "select state from run") == [("finished",)]
    assert rows(tmp_path, "select count(*) from journey") == [(len(found),)]
    assert reasons(tmp_path, "A")["not_running"] > 0
    assert rows(tmp_path, BOTH) == [(0,)]
    assert "secret" not in second.log
    assert not (tmp_path / "flows.db-gallery").exists()


class Killed(BaseException):
    """Stands for a signal that no program sees."""


@pytest.mark.long
def test_a_run_that_ends_in_the_middle_goes_on(folder: Path) -> None:
    with serving({"a": lambda: played(street(70, ((5, RED),)))}) as server:
        site = write_site(folder, {"A": server.address("a")})
        first = Watching(site, Killed)
        first.wait_for_riders(1)
        first.kill()
        before = riders(folder, "A")
        assert rows(folder, "select state from run") == [("unfinished",)]
        with watching(site) as second:
            second.wait_for_line("going on with the run that was interrupted")
            second.wait_for_riders(2)
            second.stop()
    found = riders(folder, "A")
    assert found[: len(before)] == before
    assert all(left < entered for (_, left, _), (entered, _, _) in pairwise(found)), found
    assert rows(folder, "select state from run") == [("finished",)]
    assert rows(folder, "select count(*) from journey") == [(len(found),)]
    assert reasons(folder, "A")["not_running"] > 0
    assert rows(folder, BOTH) == [(0,)]


def test_the_run_of_a_program_that_was_killed_is_taken_up_and_no_other(folder: Path) -> None:
    site = write_site(folder, {"A": NOBODY_THERE})
    for number in range(2):
        killed = Watching(site, Killed)
        killed.wait_for_line("cannot be opened")
        killed.wait("a saving", lambda: len(rows(folder, "select * from unobserved")) > number)  # noqa: B023
        killed.kill()
        assert any("going on" in line for line in killed.lines) == bool(number)
    assert rows(folder, "select state from run") == [("unfinished",)]
    missed = rows(folder, "select start_time, end_time from unobserved order by 1")
    assert len(missed) > 1
    assert all(before[1] == after[0] for before, after in pairwise(missed)), (
        f"not one picture came, and every second of it is told: {missed}"
    )

    # Other settings are another run; what was open is closed.
    write_site(folder, {"A": NOBODY_THERE}, A=", max_fps: 5")
    with watching(site) as run:
        run.wait_for_line("cannot be opened")
        assert run.stop().unread == ("A",)
    assert not any("going on" in line for line in run.lines)
    assert rows(folder, "select state from run") == [("finished",), ("finished",)]
