"""What the database keeps of a camera's progress comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.runner.checkpoint import Checkpoint

MOMENTS = st.none() | st.floats(-4e9, 4e9)
CHECKPOINTS = st.builds(
    Checkpoint,
    source=st.text(max_size=20).filter(lambda name: name.isprintable()),
    frame=st.integers(0, 10**9),
    settled_until=MOMENTS,
    finished=st.booleans(),
    frames_read=st.integers(0, 10**12),
    last_time=MOMENTS,
)


@given(CHECKPOINTS)
def test_there_and_back_not_a_digit_is_lost(checkpoint: Checkpoint) -> None:
    assert Checkpoint.from_text(checkpoint.to_text()) == checkpoint


def test_a_camera_that_has_not_begun_is_at_the_very_first_frame() -> None:
    fresh = Checkpoint.from_text("{}")
    assert fresh == Checkpoint()
    assert (fresh.source, fresh.frame, fresh.settled_until, fresh.finished) == ("", 0, None, False)


@pytest.mark.parametrize("text", ["", "[]", '{"frame": "many"}', '{"colour": "red"}'])
def test_a_checkpoint_that_cannot_be_read_begins_anew_and_saves_nothing_twice(text: str) -> None:
    assert Checkpoint.from_text(text, settled_until=12.5) == Checkpoint(settled_until=12.5)
