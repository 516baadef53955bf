"""The decoding thread of a camera: the same chunks every time, few at once, and no error lost."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.cameras import Chunk, Feeder
from pipeline.cameras.blind import BlindDetector
from pipeline.sources import FrameSource, SourcePosition
from pipeline.telemetry import Stage, StageClock
from tests.pipeline.fakes import ListedSource, RecordingDetector, boxes, frame
from tracking.arrays import Image
from tracking.detectors import Detector
from tracking.errors import FootageError
from tracking.values import Frame

PATIENCE_S = 30.0


def feeder(
    source: FrameSource,
    *,
    start_at: SourcePosition | None = None,
    chunk: int = 4,
    queued: int = 1,
    detector: Detector | None = None,
    blur: object = None,
    clock: StageClock | None = None,
) -> Feeder:
    return Feeder(source, start_at, chunk, queued, detector or BlindDetector(), blur, clock or StageClock())  # type: ignore[arg-type]


def drained(fed: Feeder) -> list[Chunk]:
    """Start it and take all it has."""
    fed.start()
    chunks = []
    while (chunk := fed.next_chunk()) is not None:
        chunks.append(chunk)
    return chunks


def cuts(chunks: list[Chunk]) -> list[list[tuple[str, int]]]:
    return [[(one.source, one.index) for one in chunk.frames] for chunk in chunks]


def until(condition: object) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def working() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "decode A"]


TWO_FILES = [frame(n) for n in range(10)] + [frame(10 + n, "b.mp4", n) for n in range(6)]


def test_chunks_are_cut_at_fixed_places_of_each_file() -> None:
    found = cuts(drained(feeder(ListedSource(TWO_FILES))))
    assert [len(chunk) for chunk in found] == [4, 4, 2, 4, 2]
    assert [chunk[0] for chunk in found] == [
        ("a.mp4", 0), ("a.mp4", 4), ("a.mp4", 8), ("b.mp4", 0), ("b.mp4", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("at", [("a.mp4", 4), ("a.mp4", 8), ("b.mp4", 0), ("b.mp4", 4)])
def test_taken_up_at_a_cut_the_rest_is_cut_the_same(at: tuple[str, int]) -> None:
    whole = cuts(drained(feeder(ListedSource(TWO_FILES))))
    rest = cuts(drained(feeder(ListedSource(TWO_FILES), start_at=SourcePosition(*at))))
    assert rest == [chunk for chunk in whole if chunk[0] >= at]


def test_taken_up_within_a_chunk_only_that_chunk_is_shorter() -> None:
    whole = cuts(drained(feeder(ListedSource(TWO_FILES))))
    rest = cuts(drained(feeder(ListedSource(TWO_FILES), start_at=SourcePosition("a.mp4", 6))))
    assert rest == [whole[1][2:], *whole[2:]]


def test_a_file_shorter_than_a_chunk_is_a_chunk_of_its_own() -> None:
    short = [frame(0), frame(1), *(frame(2 + n, "b.mp4", n) for n in range(6))]
    assert [len(chunk) for chunk in cuts(drained(feeder(ListedSource(short))))] == [2, 4, 2]


def test_frames_left_out_by_sampling_do_not_move_the_cuts() -> None:
    every_third = [frame(n) for n in range(0, 24, 3)]
    found = cuts(drained(feeder(ListedSource(every_third), chunk=8)))
    assert [[index for _, index in chunk] for chunk in found] == [[0, 3, 6], [9, 12, 15], [18, 21]]


def test_footage_without_a_frame_has_no_chunk() -> None:
    assert drained(feeder(ListedSource([]))) == []


@pytest.mark.parametrize("queued", [1, 3])
def test_no_more_is_decoded_ahead_than_the_queue_holds(queued: int) -> None:
    source = ListedSource([frame(n) for n in range(100)])
    fed = feeder(source, queued=queued)
    fed.start()
    # The queue, the chunk that waits for a place, and the frame that showed that it is complete.
    most = 4 * (queued + 1) + 1
    until(lambda: source.handed_out >= most)
    time.sleep(0.3)
    assert source.handed_out == most
    assert fed.next_chunk() is not None
    until(lambda: source.handed_out == most + 4)
    fed.stop()


def test_stopping_ends_a_thread_that_waits_for_a_place() -> None:
    source = ListedSource([frame(n) for n in range(100)])
    fed = feeder(source)
    fed.start()
    until(lambda: source.handed_out >= 9)
    fed.stop()
    assert not working()
    assert source.handed_out < 100


def test_stopping_what_never_began_or_is_over_is_nothing() -> None:
    never = feeder(ListedSource([frame(0)]))
    never.stop()
    over = feeder(ListedSource([frame(0)]))
    drained(over)
    over.stop()
    over.stop()
    assert not working()


@pytest.mark.parametrize(
    "error", [FootageError("a.mp4 cannot be read"), OSError("gone"), KeyboardInterrupt()]
)
def test_an_error_in_the_thread_reaches_who_asks_behind_the_frames_before_it(error: BaseException) -> None:
    fed = feeder(ListedSource([frame(n) for n in range(8)], error), chunk=4)
    fed.start()
    assert fed.next_chunk() is not None
    with pytest.raises(type(error)) as raised:
        fed.next_chunk()
    assert raised.value is error
    fed.stop()
    assert not working()


def test_an_error_of_the_detector_in_the_thread_is_not_lost_either() -> None:
    class Broken(RecordingDetector):
        def detect(self, images: object) -> list[object]:  # type: ignore[override]
            raise ValueError("out of memory")

    fed = feeder(ListedSource([frame(0)]), detector=Broken(stateful=True))  # type: ignore[arg-type]
    fed.start()
    with pytest.raises(ValueError, match="out of memory"):
        fed.next_chunk()


def test_a_detector_given_to_it_sees_every_frame_in_order_beside_the_decoding() -> None:
    threads: set[str] = set()

    def found(number: int) -> object:
        threads.add(threading.current_thread().name)
        return boxes(number)

    detector = RecordingDetector(stateful=True, script=found)  # type: ignore[arg-type]
    chunks = drained(feeder(ListedSource(TWO_FILES), detector=detector))
    assert threads == {"decode A"}
    assert [np.array_equal(one, two.image) for one, two in zip(detector.seen, TWO_FILES, strict=True)] == (
        [True] * len(TWO_FILES)
    )
    assert [len(chunk.detections) for chunk in chunks] == [len(chunk.frames) for chunk in chunks]


def test_frames_are_blurred_before_detector_and_caller_see_them() -> None:
    def blacken(image: Image) -> Image:
        return np.zeros_like(image)

    detector = RecordingDetector(stateful=True)
    chunks = drained(feeder(ListedSource(TWO_FILES), detector=detector, blur=blacken))
    handed = [one.image for chunk in chunks for one in chunk.frames]
    assert len(handed) == len(detector.seen) == len(TWO_FILES)
    assert not any(image.any() for image in [*handed, *detector.seen])


class SlowSource(ListedSource):
    """Takes its time for each frame."""

    def frames(self, start_at: SourcePosition | None = None) -> Iterator[Frame]:
        for one in super().frames(start_at):
            time.sleep(0.01)
            yield one


def test_decoding_detecting_and_blurring_are_timed_apart() -> None:
    def slowly(image: Image) -> Image:
        time.sleep(0.02)
        return image

    def found(number: int) -> object:
        time.sleep(0.04)
        return boxes(number)

    clock = StageClock()
    detector = RecordingDetector(stateful=True, script=found)  # type: ignore[arg-type]
    drained(feeder(SlowSource(TWO_FILES[:10]), detector=detector, blur=slowly, clock=clock))
    seconds = clock.seconds
    assert seconds[Stage.DECODE] >= 0.1
    assert seconds[Stage.ANONYMISE] >= 0.2
    assert seconds[Stage.DETECT] >= 0.4
    assert seconds[Stage.TRACK] == seconds[Stage.EMBED] == 0.0
