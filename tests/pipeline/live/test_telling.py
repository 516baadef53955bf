"""What the summary of a live run says of a camera."""

from types import SimpleNamespace
from typing import Any

from pipeline.runner.live.telling import tallies_of
from pipeline.sources.streams import CameraState, Timing


def told(unwatched: dict[str, int], **changes: Any) -> tuple[str, ...]:
    """Sentences about camera A."""
    usual: dict[str, Any] = {"connected": False, "reason": None, "frames": 60, "looks": 30, "thinned": 0}
    usual |= {"dropped": 0, "out_of_order": 0, "lag_s": 0.0, "connections": 1, "last_frame": 9.0}
    usual |= {
        "timing": Timing.STAMPS,
        "clock_error_s": 0.3,
        "clock_steps": 0,
        "size": (320, 180),
        "moved": None,
    }
    state = CameraState(camera="A", **(usual | changes))
    session: Any = SimpleNamespace(states=lambda: (state,), unwatched=unwatched)
    return tallies_of(session)["A"].problems


def test_riders_who_were_taken_out_because_nobody_watched_are_told() -> None:
    (sentence,) = told({"A": 3, "B": 4})
    assert sentence.startswith("3 cyclists seen in time that counts as not watched left out")


def test_of_a_camera_that_was_always_watched_nothing_is_told() -> None:
    assert told({"B": 4}) == ()


def test_drops_and_who_is_left_out_for_them_are_both_told() -> None:
    assert [one.split()[0] for one in told({"A": 1}, dropped=7)] == ["7", "1"]
