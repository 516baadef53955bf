"""Packets with a look at the time stamps of those that come behind."""

from collections import deque
from collections.abc import Iterator

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from pipeline.sources.timeline import LOOK_AHEAD

_MOST_BYTES = 32 * 1024 * 1024
_LEAST_PACKETS = 8
_MOST_UNDER_WAY = 64


class LookAhead:
    """Hands out the packets of a stream and knows the time stamps of the next `LOOK_AHEAD`.

    Packets wait compressed, so that looking ahead costs little memory, whatever the size of the
    pictures; where packets are large, fewer wait.

    Args:
        container: Open container.
        stream: Its video stream.
        coding_order: The decoding time stamp counts instead of the presentation time stamp.

    Attributes:
        first_stamp: The least stamp among the packets up to the first picture, in units of the
            stream; None where there was none. The first packet may be undecodable; its stamp is the
            beginning of the file all the same.
        broken_off: Why reading ended early; empty where it did not.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, coding_order: bool) -> None:
        self._container = container
        self._stream = stream
        self._coding_order = coding_order
        self._waiting: deque[Packet[VideoStream]] = deque()
        self._bytes = 0
        self._stamps: deque[int] = deque()
        self._handed_out = 0
        self._shown = False
        self.first_stamp: int | None = None
        self.broken_off = ""

    def __iter__(self) -> "Iterator[Packet[VideoStream] | None]":
        for packet in self._read():
            self._waiting.append(packet)
            self._bytes += packet.size
            if (stamp := self._stamp(packet)) is not None:
                self._stamps.append(stamp)
            while self._is_full():
                yield self._next()
        while self._waiting:
            yield self._next()
        if self.broken_off:
            yield None  # Makes the decoder hand out what it still holds.

    def behind(self, stamp: int | None) -> list[int]:
        """Stamps of the frames that come behind the one just decoded, roughly in order.

        Args:
            stamp: That of the frame just decoded.
        """
        self._shown = True
        if stamp is not None and stamp in self._stamps:
            self._stamps.remove(stamp)
        # Frames that were never shown would stay for ever.
        while len(self._stamps) > len(self._waiting) + _MOST_UNDER_WAY:
            self._stamps.popleft()
        return list(self._stamps)

    def _read(self) -> "Iterator[Packet[VideoStream]]":
        try:
            yield from self._container.demux(self._stream)
        except MemoryError:
            raise  # The footage goes on.
        except av.FFmpegError as error:
            self.broken_off = str(error.strerror)

    def _is_full(self) -> bool:
        many = len(self._waiting)
        return many > LOOK_AHEAD or (many > _LEAST_PACKETS and self._bytes > _MOST_BYTES)

    def _next(self) -> "Packet[VideoStream]":
        packet = self._waiting.popleft()
        self._bytes -= packet.size
        stamp = packet.pts
        # Packets that an edit list hides lie before the beginning.
        if not self._shown and stamp is not None and not packet.is_discard and not self._coding_order:
            self.first_stamp = stamp if self.first_stamp is None else min(self.first_stamp, stamp)
        return packet

    def _stamp(self, packet: "Packet[VideoStream]") -> int | None:
        if packet.size == 0 or packet.is_discard:
            return None
        return packet.dts if self._coding_order else packet.pts
