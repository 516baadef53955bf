"""One connection to a stream: opened within a time limit, read until it breaks."""

import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from pipeline.sources.report import Unseen
from pipeline.sources.streams.address import StreamAddress
from pipeline.sources.streams.clock import StreamClock
from pipeline.sources.streams.refusal import StreamError, not_opened
from pipeline.sources.video import VideoPicture, average_fps, tells_time

if TYPE_CHECKING:
    from av.packet import Packet

AnyPacket: TypeAlias = "Packet[Any]"

_WAITED_S = (0.01, 0.05)
"""A packet that came half a period after the one before, within these bounds, was waited for: all that lay
ready has been taken."""
_MOST_READY = 1000
_WITHOUT_KEY_S = 10.0
"""Seconds after which pictures are taken from a stream that never sends a whole one."""
_UNTIMED = frozenset(["mpjpeg"])

_READING: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture of a stream.

    Attributes:
        picture: Not converted yet; its seconds are since the first one of the connection.
        time: Seconds since the epoch.
        arrival: When it came, seconds since the epoch.
        damaged: Something between the picture before and this one could not be decoded.
    """

    picture: VideoPicture
    time: float
    arrival: float
    damaged: bool


class Connection:
    """A stream that is open.

    Args:
        address: Where it comes from.
        timeout_s: Seconds for which opening it, or the next packet, may take.
        clock_offset_s: Seconds to be added to the camera's own clock.
        now: The wall clock, seconds since the epoch.

    Attributes:
        clock: Its times.
        codec: For example ``h264``.
        period_s: Usual seconds between two pictures, as it says.

    Raises:
        StreamError: It cannot be opened, or shows no moving pictures.
    """

    def __init__(
        self,
        address: StreamAddress,
        timeout_s: float,
        clock_offset_s: float = 0.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._name, self._timeout_s, self._now = address.name, timeout_s, now
        self._container, self._stream = _open(address, timeout_s)
        timed = tells_time(self._container) and self._container.format.name not in _UNTIMED
        self.clock = StreamClock(clock_offset_s, stamped=timed)
        self.codec = self._stream.codec_context.name
        self.period_s = 1.0 / average_fps(self._stream)
        self._damages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def pictures(self) -> Iterator[Seen]:
        """Read until the stream ends.

        Raises:
            StreamError: It does not go on.
        """
        # As files are decoded: frame threads would keep pictures back.
        self._stream.thread_type = "SLICE"
        converter = VideoReformatter()
        index, known = 0, 0
        first: float | None = None
        for frame, arrival in self._from_key():
            moment = self.clock.place(self._stamp(frame), arrival)
            if moment is None:
                continue
            first = moment if first is None else first
            damaged, known = self._damages > known, self._damages
            yield Seen(VideoPicture(index, moment - first, frame, converter), moment, arrival, damaged)
            index += 1

    def _decoded(self, packet: "AnyPacket") -> list[VideoFrame]:
        try:
            frames = self._stream.decode(packet)
        except MemoryError:
            raise  # Not the packet's fault.
        except av.FFmpegError:
            self._damages += 1
            return []
        whole = [frame for frame in frames if isinstance(frame, VideoFrame) and not frame.is_corrupt]
        self._damages += len(frames) - len(whole)
        return whole

    def _from_key(self) -> Iterator[tuple[VideoFrame, float]]:
        """Pictures from the first whole one on: what is told before it changes nothing that is known.

        Packets are no good sign of it: one of them may hold a part of a picture only.
        """
        found, began = False, self._now()
        for packet, arrival in self._anchored():
            for frame in self._decoded(packet):
                found = found or bool(frame.key_frame) or arrival - began > _WITHOUT_KEY_S
                if found:
                    yield frame, arrival
            if not found:
                self._damages = 0

    def _anchored(self) -> "Iterator[tuple[AnyPacket, float]]":
        """Packets, the first of which set the clock: some lie ready and are older than they come."""
        ready: list[tuple[AnyPacket, float]] = []
        least_s = min(max(self.period_s / 2, _WAITED_S[0]), _WAITED_S[1])
        anchored = False
        for packet, arrival in self._packets():
            if anchored:
                yield packet, arrival
                continue
            waited = bool(ready) and arrival - ready[-1][1] > least_s
            ready.append((packet, arrival))
            if waited or len(ready) >= _MOST_READY:
                self.clock.begin([(self._stamp(one), came) for one, came in ready])
                yield from ready
                ready, anchored = [], True
        yield from ready

    def _packets(self) -> "Iterator[tuple[AnyPacket, float]]":
        came = time.monotonic()
        try:
            for packet in self._container.demux():
                # Sound may go on for ever where the picture has stopped.
                if packet.stream is not self._stream and time.monotonic() - came > self._timeout_s:
                    raise StreamError(f"{self._name}: sound comes, and no picture", Unseen.STALLED)
                if packet.stream is not self._stream or packet.size == 0:
                    continue
                came, arrival = time.monotonic(), self._now()
                self._hear(packet, arrival)
                yield packet, arrival
        except av.error.ExitError:
            said = f"{self._name}: nothing came for {self._timeout_s:g} s"
            raise StreamError(said, Unseen.STALLED) from None
        except (av.FFmpegError, OSError) as error:
            said = f"{self._name}: the connection broke off ({error.strerror})"
            raise StreamError(said, Unseen.CONNECTION_LOST) from None

    def _hear(self, packet: "AnyPacket", arrival: float) -> None:
        """Take in what the sender says of its clock: RTCP reports reach packets as reference times."""
        stamp = self._stamp(packet)
        if stamp is None or not packet.has_sidedata("prft"):
            return
        told = bytes(packet.get_sidedata("prft"))
        if len(told) >= 8:
            self.clock.told(stamp, struct.unpack("=q", told[:8])[0] / 1e6, arrival)

    def _stamp(self, one: "AnyPacket | VideoFrame") -> float | None:
        base = one.time_base or self._stream.time_base
        return None if one.pts is None or base is None else float(one.pts * base)


def _open(address: StreamAddress, timeout_s: float) -> tuple[InputContainer, VideoStream]:
    began = time.monotonic()
    try:
        container = av.open(
            address.target,
            format=address.format,
            options=address.options,
            timeout=(timeout_s, timeout_s),
            **_READING,
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise not_opened(address, error, time.monotonic() - began, timeout_s) from None
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.codec_context is None:
        container.close()
        raise StreamError(f"{address.name}: holds no moving pictures that can be decoded", Unseen.UNREADABLE)
    return container, stream
