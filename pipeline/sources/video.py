"""Decoding video files with PyAV: what can be decoded is handed on, what cannot is counted."""

from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from pipeline.sources.report import count
from pipeline.sources.timeline import Timeline
from tracking.arrays import Image
from tracking.errors import FootageError

FALLBACK_FPS = 25.0
"""Frame rate of a video whose header names none."""

# FFmpeg talks to stderr behind Python's back; its reasons arrive as exceptions all the same.
av.logging.set_level(None)


def open_video(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a video file; the caller closes the container.

    Raises:
        FootageError: The file is missing, unreadable, empty, or shows no moving pictures.
    """
    try:
        if path.stat().st_size == 0:
            raise FootageError(f"{path} is empty (0 bytes); record or copy it again")
        container = av.open(str(path), metadata_errors="replace")
    except av.FFmpegError as error:
        raise FootageError(
            f"{path} cannot be opened as video ({error.strerror}); re-encode it or copy it again"
        ) from None
    except OSError as error:
        raise FootageError(f"{path} cannot be read ({error.strerror})") from None
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        container.close()
        raise FootageError(f"{path} holds no moving pictures; give a file with a video track")
    if stream.codec_context is None:
        container.close()
        raise FootageError(
            f"{path} is coded in a way that cannot be decoded; re-encode it, to H.264 for example"
        )
    return container, stream


def average_fps(stream: VideoStream) -> float:
    """Frames per second that the header tells, or a guess where it is silent."""
    rate = stream.average_rate or stream.guessed_rate
    return float(rate) if rate else FALLBACK_FPS


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

    def image(self) -> Image | None:
        """Convert to (H, W, 3) uint8 BGR, turned upright; None where it cannot be converted."""
        try:
            # One thread: starting swscale's own costs more than the conversion of one picture.
            converted = self._reformatter.reformat(self._frame, format="bgr24", threads=1)
        except av.FFmpegError:
            return None
        upright = np.rot90(converted.to_ndarray(), k=round(self._frame.rotation / 90))
        return np.ascontiguousarray(upright, np.uint8)


class VideoReader:
    """Iterates over the pictures of one video file, once.

    Args:
        path: The file.

    Attributes:
        frames_decoded: Pictures decoded up to now.
        seconds_decoded: Time from the first picture to the end of the last one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first_pts: int | None = None
        self._timeline: Timeline | None = None
        self._damaged_packets = 0
        self._damage = ""
        self._damaged_frames = 0
        self._broken_off = ""
        self._stamps_in_coding_order = False
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
        with closing(container):
            for frame in self._intact_frames(container, stream):
                picture = VideoPicture(self.frames_decoded, self._place(frame, stream), frame, converter)
                self.frames_decoded += 1
                yield picture

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
        unstamped = self._timeline.unstamped if self._timeline else 0
        resets = self._timeline.resets if self._timeline else 0
        if unstamped and not self._stamps_in_coding_order:
            yield f"{count(unstamped, 'frame')} without a time stamp; the frame rate was taken instead"
        if resets:
            yield f"time stamps jump back ({count(resets, 'time')}); continued directly behind"

    def _intact_frames(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        # Frame threading would conceal damage differently with every number of cores, and the same
        # footage must give the same pictures everywhere; slices are decoded alike by any number.
        stream.thread_type = "SLICE"
        for packet in self._packets(container, stream):
            if self._timeline is None and packet is not None:
                self._note_first_stamp(packet)
            try:
                frames = stream.decode(packet)
            except av.FFmpegError as error:
                self._damaged_packets += 1
                self._damage = self._damage or str(error.strerror)
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._damaged_frames += 1
                elif isinstance(frame, VideoFrame):
                    yield frame

    def _packets(
        self, container: InputContainer, stream: VideoStream
    ) -> "Iterator[Packet[VideoStream] | None]":
        try:
            yield from container.demux(stream)
        except av.FFmpegError as error:
            self._broken_off = str(error.strerror)
            yield None  # Makes the decoder hand out what it still holds.

    def _note_first_stamp(self, packet: "Packet[VideoStream]") -> None:
        # The first packet may be undecodable; its stamp is the beginning of the file all the same.
        # Packets that an edit list hides lie before the beginning.
        if packet.pts is not None and not packet.is_discard and not self._stamps_in_coding_order:
            self._first_pts = packet.pts if self._first_pts is None else min(self._first_pts, packet.pts)

    def _place(self, frame: VideoFrame, stream: VideoStream) -> float | None:
        stamp = frame.dts if self._stamps_in_coding_order else frame.pts
        if self._timeline is None:
            stamps = [pts for pts in (self._first_pts, stamp) if pts is not None]
            first = min(stamps) if stamp is not None else None
            base = frame.time_base or stream.time_base or Fraction(1, 90000)
            self._timeline = Timeline(first, base, 1.0 / average_fps(stream))
        seconds = self._timeline.place(stamp)
        if seconds is not None:
            self.seconds_decoded = seconds + 1.0 / average_fps(stream)
        return seconds
