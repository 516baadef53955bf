"""What a checkpoint says about the place to go on from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.runner.checkpoint import Checkpoint, Memory, Place
from pipeline.sources import SourcePosition
from tracking.memory import UnreadableMemoryError, to_text

NOON = 1_715_688_000.25
_PLACES = st.builds(
    Place,
    source=st.text(max_size=9),
    frame=st.integers(0, 10**7),
    frames_read=st.integers(0, 10**9),
    last_time=st.one_of(st.none(), st.floats(0, 1e10)),
)


def remembered(source: str = "b.mp4", frame: int = 9, state: dict[str, Any] | None = None) -> Memory:
    place = Place(source=source, frame=frame, frames_read=309, last_time=NOON)
    return Memory.of(place, state or {"open": [1, 2.5]})


@given(_PLACES, st.floats(0, 1e10), st.booleans())
def test_a_checkpoint_comes_back_as_it_was(place: Place, settled: float, finished: bool) -> None:
    checkpoint = Checkpoint(
        **place.model_dump(),
        settled_until=settled,
        finished=finished,
        memory=Memory.of(place, {"x": 0.1 + 0.2}),
        origin="ab",
    )
    back = Checkpoint.from_text(checkpoint.to_text())
    assert back == checkpoint
    assert back.memory is not None
    assert back.memory.recollect() == {"x": 0.1 + 0.2}


def test_a_checkpoint_without_a_memory_is_still_read() -> None:
    text = (
        f'{{"source":"a.mp4","frame":8,"settled_until":{NOON},"finished":false,"frames_read":8,'
        f'"last_time":{NOON - 1}}}'
    )
    checkpoint = Checkpoint.from_text(text)
    assert checkpoint.position == SourcePosition("a.mp4", 8, NOON - 1)
    assert (checkpoint.settled_until, checkpoint.memory, checkpoint.origin) == (NOON, None, "")


@pytest.mark.parametrize("text", ["", "{", '{"later": 1}', '{"frame": "x"}', '{"memory": {"frame": 2}}'])
def test_what_cannot_be_read_begins_anew_with_what_is_known_otherwise(text: str) -> None:
    assert Checkpoint.from_text(text, settled_until=NOON) == Checkpoint(settled_until=NOON)
    assert Checkpoint.from_text(text).position is None


@pytest.mark.parametrize("change", [{"version": 2}, {"version": 0}, {"state": "AAAA"}, {"state": ""}])
def test_a_memory_of_another_version_is_not_recollected(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableMemoryError):
        remembered().model_copy(update=change).recollect()


def test_another_run_goes_on_in_the_file_that_has_grown() -> None:
    ended = Checkpoint(finished=True, frames_read=309, settled_until=NOON, memory=remembered())
    following = ended.carried_over("cd", NOON, ["a.mp4", "b.mp4"])
    assert following.memory is not None
    assert following.memory.position == SourcePosition("b.mp4", 9, NOON)
    assert (following.origin, following.finished, following.settled_until) == ("cd", False, None)
    assert (following.frames_read, following.memory.frames_read) == (0, 0)


def test_another_run_goes_on_with_its_first_file_where_the_last_one_is_not_part_of_it() -> None:
    ended = Checkpoint(finished=True, memory=remembered(), origin="ab")
    following = ended.carried_over("cd", NOON, ["c.mp4"])
    assert following.memory is not None
    assert following.memory.position == SourcePosition("", 0, NOON)
    assert following.origin == "ab", "the chain began to remember in an earlier run"
    assert following.memory.recollect() == {"open": [1, 2.5]}


def test_nothing_is_carried_over_from_a_detector_that_must_see_all_frames() -> None:
    assert Checkpoint(finished=True, settled_until=NOON).carried_over("cd", NOON, ["b.mp4"]) == Checkpoint(
        origin="cd", since=NOON
    )


def test_a_memory_is_plain_text() -> None:
    memory = remembered(state={"rows": [float(n) for n in range(100)]})
    assert memory.state == to_text({"rows": [float(n) for n in range(100)]})
    assert memory.state.isascii()
