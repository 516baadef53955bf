"""What the summary tells of live cameras."""

from collections.abc import Iterator, Mapping

from pipeline.runner.camera_work import told_unwatched
from pipeline.runner.live.session import LiveSession
from pipeline.runner.summary import CameraTally
from pipeline.sources.report import count
from pipeline.sources.streams import CameraState, Timing


def tallies_of(session: LiveSession) -> Mapping[str, CameraTally]:
    """Camera id → what was seen of it since the program began."""
    return {
        state.camera: CameraTally(
            frames_read=state.frames,
            frames_skipped=state.out_of_order,
            problems=(*_sentences(state), *_left_out(session.unwatched.get(state.camera, 0))),
            unread=state.last_frame is None,
            looks=state.looks,
        )
        for state in session.states()
    }


def _left_out(riders: int) -> Iterator[str]:
    if riders:
        yield told_unwatched(riders)


def _sentences(state: CameraState) -> Iterator[str]:
    if state.last_frame is None:
        yield f"not one picture came ({state.reason})"
        return
    if state.reconnects:
        yield f"connected to again {count(state.reconnects, 'time')}"
    if state.dropped:
        yield (
            f"{count(state.dropped, 'frame')} dropped, since the detector did not keep up; what is missing "
            "by that is not watched"
        )
    if state.clock_steps:
        yield f"its time stamps jumped {count(state.clock_steps, 'time')}; the arrival was taken there"
    if state.timing is Timing.ARRIVAL:
        yield f"its times are those of arrival, and may be wrong by {state.clock_error_s:g} s"
