"""What a source promises before anything is decoded, and what is behind the promise."""

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from pipeline.sources.memo import remembered
from pipeline.sources.packets import LookAhead
from pipeline.sources.timeline import LOOK_AHEAD, Timeline
from pipeline.sources.video import agreed_rate, open_video, own_rate, step_sentences, tells_time

EARLIEST_RECORDING = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this nobody recorded digital video: a date before it is a clock that was not set."""

_UNIX_TIME_S = (datetime(2000, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_LATE_START_S = 0.5
_TOLERANCE_S = 2.0
_TOLERANCE_SHARE = 0.02
_BITRATE_FACTOR = 4.0


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a source before it is decoded.

    Attributes:
        fps: Average frames per second.
        duration_s: Length in seconds; None where nobody knows.
        frames: Number of frames; None where the header does not say.
        codec: For example ``h264``, or ``images``.
        created: When the recording began, if the container says so.
        timed: The frames carry time stamps, or names with a time.
        rate_known: ``fps`` is told by the file; False where it is a guess.
        unix_start: Moment of the first frame, where the time stamps are Unix time.
        measured: ``duration_s`` comes from the packets, not from the header.
        steps: Sentences about what the time stamps did, where they were all read.
    """

    fps: float
    duration_s: float | None
    frames: int | None
    codec: str
    created: datetime | None = None
    timed: bool = True
    rate_known: bool = True
    unix_start: datetime | None = None
    measured: bool = False
    steps: tuple[str, ...] = ()

    @property
    def period_s(self) -> float:
        """Usual seconds between two frames."""
        return 1.0 / self.fps


@remembered
def read_header(path: Path, fps: float | None = None) -> Header:
    """Read the header of a video file, and its packets where the header does not tell its length.

    Args:
        path: The file.
        fps: Frames per second of a format without time stamps; None for what the stream says.

    Raises:
        FootageError: The file cannot be opened or shows no moving pictures.
    """
    container, stream = open_video(path)
    with closing(container):
        stamps, size = _early_stamps(container, stream)
        timed = tells_time(container) and bool(stamps)
        own = own_rate(stream)
        header = Header(
            fps=agreed_rate(stream, stamps) if timed else (fps or own or agreed_rate(stream, [])),
            duration_s=_told_duration_s(container, stream) if timed else None,
            frames=stream.frames or None,
            codec=stream.codec_context.name,
            created=_creation_time({**stream.metadata, **container.metadata}),
            timed=timed,
            rate_known=timed or fps is not None or own is not None,
            unix_start=_unix_time(stamps) if timed else None,
        )
        trusted = timed and _is_trustworthy(header, container, stamps, size)
    return header if trusted else measure(path, header)


@remembered
def measure(path: Path, header: Header) -> Header:
    """Replace the length that a header tells by that of its packets, which are read but not decoded.

    Raises:
        FootageError: The file cannot be opened.
    """
    container, stream = open_video(path)
    coding_order = container.format.name == "avi"
    with closing(container):
        ahead = LookAhead(container, stream, coding_order)
        timeline: Timeline | None = None
        end_s: float | None = None
        for packet in ahead:
            stamp = (packet.dts if coding_order else packet.pts) if packet is not None else None
            if packet is None or packet.size == 0 or packet.is_discard:
                continue
            if timeline is None:
                base = stream.time_base or packet.time_base
                timeline = Timeline(stamp if header.timed else None, base, header.period_s)
            seconds = timeline.place(stamp, ahead.behind(stamp))
            end_s = end_s if seconds is None else seconds + header.period_s
    steps = tuple(step_sentences(timeline)) if timeline else ()
    return replace(header, duration_s=end_s, measured=True, steps=steps)


def _early_stamps(container: InputContainer, stream: VideoStream) -> tuple[list[float], int]:
    """Time stamps of the first packets in seconds, and how many bytes these packets have."""
    packets = [packet for packet in islice(container.demux(stream), 2 * LOOK_AHEAD) if packet.size]
    base = float(stream.time_base) if stream.time_base else 0.0
    stamps = [packet.pts * base for packet in packets if packet.pts is not None and not packet.is_discard]
    return stamps, sum(packet.size for packet in packets)


def _told_duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base


def _is_trustworthy(header: Header, container: InputContainer, stamps: list[float], size: int) -> bool:
    """Whether the length agrees with what else is known of the file."""
    duration_s = header.duration_s
    if duration_s is None:
        return False
    span_s = len(stamps) * header.period_s
    begin_s = sorted(stamps)[:2][-1]  # The very first may be a stray nought.
    if "matroska" in container.format.name and begin_s > _LATE_START_S + 2 * header.period_s:
        return False  # Its duration may be the length, or the last time stamp.
    if header.frames:
        by_count_s = header.frames * header.period_s
        return abs(by_count_s - duration_s) <= max(_TOLERANCE_S, _TOLERANCE_SHARE * duration_s)
    if not size or not container.size:
        return True
    by_size_s = container.size * span_s / size
    return duration_s <= _BITRATE_FACTOR * max(by_size_s, span_s)


def _unix_time(stamps: list[float]) -> datetime | None:
    """Moment of the first frame, where all stamps but a stray one are Unix time."""
    earliest, latest = _UNIX_TIME_S
    fitting = [stamp for stamp in stamps if earliest <= stamp <= latest]
    return datetime.fromtimestamp(min(fitting), UTC) if len(fitting) >= max(len(stamps) - 1, 1) else None


def _creation_time(metadata: dict[str, str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(metadata.get("creation_time", ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    # Cameras without a clock write the zero of their file format (1904 or 1970).
    return moment if moment >= EARLIEST_RECORDING else None
