"""Decoding video files with PyAV: what can be decoded is handed on, what cannot is counted."""

from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from pipeline.sources.images import shrunk
from pipeline.sources.names import shown
from pipeline.sources.packets import LookAhead
from pipeline.sources.report import count
from pipeline.sources.timeline import LONGEST_PAUSE_S, Timeline, usual_period_s
from tracking.arrays import Image
from tracking.errors import FootageError

FALLBACK_FPS = 25.0
"""Frame rate of a video whose header names none."""

_UNTIMED_FORMATS = frozenset(["h264", "hevc", "vvc", "mjpeg", "m4v", "mpegvideo", "cavsvideo", "obu"])
"""Formats that are a bare stream of pictures: the time stamps FFmpeg gives them are made up."""
_LUMA_FIRST = frozenset(
    [f"yuv{j}{kind}p" for j in ("", "j") for kind in (420, 422, 444)] + ["nv12", "nv21", "gray"]
)
"""Formats whose first plane is the brightness, one byte a point."""
_LEAST_RATE, _HIGHEST_RATE = 0.1, 240.0
_AGREEMENT = 1.2

# PyAV 19 replaces letters that are no UTF-8 by itself, and does not know the option any more.
_READING: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}

# FFmpeg talks to stderr behind Python's back; its reasons arrive as exceptions all the same.
av.logging.set_level(None)


def open_video(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a video file; the caller closes the container.

    Raises:
        FootageError: The file is missing, unreadable, empty, or shows no moving pictures.
    """
    try:
        if path.stat().st_size == 0:
            raise FootageError(f"{shown(path)} is empty (0 bytes); record or copy it again")
        container = av.open(str(path), **_READING)
    except av.FFmpegError as error:
        raise FootageError(
            f"{shown(path)} cannot be opened as video ({error.strerror}); re-encode it or copy it again"
        ) from None
    except OSError as error:
        raise FootageError(f"{shown(path)} cannot be read ({error.strerror})") from None
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        container.close()
        raise FootageError(f"{shown(path)} holds no moving pictures; give a file with a video track")
    if stream.codec_context is None:
        container.close()
        raise FootageError(
            f"{shown(path)} is coded in a way that cannot be decoded; re-encode it, to H.264 for example"
        )
    return container, stream


def average_fps(stream: VideoStream) -> float:
    """Frames per second that the header tells, or a guess where it is silent."""
    rate = stream.average_rate or stream.guessed_rate
    return float(rate) if rate else FALLBACK_FPS


def tells_time(container: InputContainer) -> bool:
    """Whether the format has time stamps at all."""
    return container.format.name not in _UNTIMED_FORMATS


def own_rate(stream: VideoStream) -> float | None:
    """Frames per second that a bare stream of pictures tells within itself; None where it does not."""
    rate = stream.codec_context.framerate
    return float(rate) if rate and _LEAST_RATE <= rate <= _HIGHEST_RATE else None


class VideoPicture:
    """A decoded picture that is not converted to BGR before somebody asks for it.

    Attributes:
        index: Position among the decodable pictures, from 0.
        seconds: Since the first picture; None where its time stamp is out of order.
    """

    __slots__ = ("_frame", "_reformatter", "index", "seconds")

    def __init__(
        self, index: int, seconds: float | None, frame: VideoFrame, converter: VideoReformatter
    ) -> None:
        self.index = index
        self.seconds = seconds
        self._frame = frame
        self._reformatter = converter

    def small(self, width: int) -> Image | None:
        """Its brightness alone, (h, width) uint8, turned upright; None where it cannot be converted.

        Most footage holds the brightness as a plane of its own, which is read where it lies.
        """
        turns = round(self._frame.rotation / 90)
        try:
            brightness = _brightness(self._frame, self._reformatter)
        except av.FFmpegError:
            return None
        if turns % 2:
            width = max(1, round(width * self._frame.width / self._frame.height))
        return np.ascontiguousarray(np.rot90(shrunk(brightness, width), k=turns))

    def image(self) -> Image | None:
        """Convert to (H, W, 3) uint8 BGR, turned upright; None where it cannot be converted."""
        try:
            # One thread: starting swscale's own costs more than the conversion of one picture.
            converted = self._reformatter.reformat(self._frame, format="bgr24", threads=1)
        except MemoryError:
            raise
        except av.FFmpegError:
            return None
        upright = np.rot90(converted.to_ndarray(), k=round(self._frame.rotation / 90))
        return np.ascontiguousarray(upright, np.uint8)


def _brightness(frame: VideoFrame, converter: VideoReformatter) -> Image:
    """(H, W) uint8; a view of the frame's own memory where that holds it."""
    if frame.format.name not in _LUMA_FIRST:
        grey = converter.reformat(frame, format="gray", threads=1)
        return np.asarray(grey.to_ndarray(), np.uint8)
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8, count=plane.line_size * plane.height)
    return rows.reshape(plane.height, plane.line_size)[: frame.height, : frame.width]


class VideoReader:
    """Iterates over the pictures of one video file, once.

    Args:
        path: The file.
        fps: Frames per second of a format without time stamps; None for what the stream says.
        limit_s: Seconds from its first frame to the beginning of the next file, which its own stamps
            must not pass; infinite where no one tells.
        longest_pause_s: Longest step of its stamps that may be a pause of the recorder.

    Attributes:
        frames_decoded: Pictures decoded up to now.
        seconds_decoded: Time from the first picture to the end of the last one.
    """

    def __init__(
        self,
        path: Path,
        fps: float | None = None,
        limit_s: float = inf,
        longest_pause_s: float = LONGEST_PAUSE_S,
    ) -> None:
        self._path = path
        self._fps = fps
        self._limit_s = limit_s
        self._longest_pause_s = longest_pause_s
        self._timeline: Timeline | None = None
        self._damaged_packets = 0
        self._damage = ""
        self._damaged_frames = 0
        self._broken_off = ""
        self._stamps_in_coding_order = False
        self._period_s = 0.0
        self.frames_decoded = 0
        self.seconds_decoded = 0.0

    def __iter__(self) -> Iterator[VideoPicture]:
        """Decode from the beginning.

        Raises:
            FootageError: The file cannot be opened at all.
        """
        container, stream = open_video(self._path)
        # AVI numbers its packets and knows nothing of frames that are shown in another order.
        self._stamps_in_coding_order = container.format.name == "avi"
        converter = VideoReformatter()
        ahead = LookAhead(container, stream, self._stamps_in_coding_order)
        with closing(container):
            for frame in self._intact_frames(ahead, stream):
                seconds = self._place(frame, container, stream, ahead)
                picture = VideoPicture(self.frames_decoded, seconds, frame, converter)
                self.frames_decoded += 1
                yield picture

    @property
    def beyond(self) -> int:
        """Frames left out because they would lie behind the beginning of the next file."""
        return self._timeline.beyond if self._timeline else 0

    @property
    def damages(self) -> int:
        """Packets and frames that could not be used, up to now."""
        return self._damaged_packets + self._damaged_frames

    def problems(self) -> tuple[str, ...]:
        """Sentences about what could not be decoded or had no usable time, up to now."""
        sentences = []
        if self._damaged_packets:
            sentences.append(
                f"{count(self._damaged_packets, 'packet')} could not be decoded ({self._damage})"
            )
        if self._damaged_frames:
            sentences.append(f"{count(self._damaged_frames, 'damaged frame')} left out")
        if self._broken_off:
            sentences.append(f"reading broke off after frame {self.frames_decoded} ({self._broken_off})")
        return (*sentences, *self._clock_problems())

    def _clock_problems(self) -> Iterator[str]:
        timeline = self._timeline
        if timeline is None:
            return
        if timeline.unstamped and not self._stamps_in_coding_order and self._fps is None:
            unstamped = count(timeline.unstamped, "frame")
            yield f"{unstamped} without a time stamp; the frame rate was taken instead"
        yield from step_sentences(timeline)
        if timeline.beyond:
            yield f"{count(timeline.beyond, 'frame')} behind the beginning of the next file left out"

    def _intact_frames(self, ahead: LookAhead, stream: VideoStream) -> Iterator[VideoFrame]:
        # Frame threading would conceal damage differently with every number of cores, and the same
        # footage must give the same pictures everywhere; slices are decoded alike by any number.
        stream.thread_type = "SLICE"
        for packet in ahead:
            self._broken_off = ahead.broken_off
            try:
                frames = stream.decode(packet)
            except MemoryError:
                raise  # Not the packet's fault.
            except av.FFmpegError as error:
                self._damaged_packets += 1
                self._damage = self._damage or str(error.strerror)
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._damaged_frames += 1
                elif isinstance(frame, VideoFrame):
                    yield frame

    def _place(
        self, frame: VideoFrame, container: InputContainer, stream: VideoStream, ahead: LookAhead
    ) -> float | None:
        stamp = frame.dts if self._stamps_in_coding_order else frame.pts
        following = ahead.behind(stamp)
        if self._timeline is None:
            base = frame.time_base or stream.time_base or Fraction(1, 90000)
            known = [pts for pts in (ahead.first_stamp, stamp) if pts is not None]
            first = min(known) if stamp is not None and tells_time(container) else None
            self._period_s = self._usual_period(stream, [pts * float(base) for pts in following], first)
            self._timeline = Timeline(first, base, self._period_s, self._limit_s, self._longest_pause_s)
        seconds = self._timeline.place(stamp, following)
        if seconds is not None:
            self.seconds_decoded = seconds + self._period_s
        return seconds

    def _usual_period(self, stream: VideoStream, stamps: list[float], first: int | None) -> float:
        if first is None:
            return 1.0 / (self._fps or own_rate(stream) or average_fps(stream))
        return 1.0 / agreed_rate(stream, stamps)


def agreed_rate(stream: VideoStream, stamps: list[float]) -> float:
    """Frames per second: the header's where the stamps bear it out, else that of the stamps, in seconds."""
    told, period_s = average_fps(stream), usual_period_s(stamps)
    if period_s is None or 1 / _AGREEMENT < told * period_s < _AGREEMENT:
        return told
    return 1.0 / period_s


def step_sentences(timeline: Timeline) -> Iterator[str]:
    """What the time stamps of a file did that they should not."""
    if timeline.pauses:
        most = max(timeline.pauses)
        yield (
            f"its time stamps step forward ({count(len(timeline.pauses), 'time')}, by at most {most:.1f} s) "
            "and go on there; taken as a pause of the recorder"
        )
    forward = [step for step in timeline.jumps if step > 0]
    if forward:
        yield (
            f"its time stamps jump forward ({count(len(forward), 'time')}, by at most {max(forward):.1f} s); "
            "no pause explains it, so the frames continue directly behind"
        )
    if back := len(timeline.jumps) - len(forward):
        yield f"its time stamps jump back ({count(back, 'time')}); continued directly behind"
