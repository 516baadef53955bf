"""What the header of a source promises, before anything is decoded."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from pipeline.sources.video import average_fps, open_video

_EARLIEST_CREATION = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a source promises.

    Attributes:
        fps: Average frames per second.
        duration_s: Length in seconds; None where the header does not say.
        frames: Number of frames; None where the header does not say.
        codec: For example ``h264``, or ``images``.
        created: When the recording began, if the container says so.
    """

    fps: float
    duration_s: float | None
    frames: int | None
    codec: str
    created: datetime | None = None

    @property
    def period_s(self) -> float:
        """Usual seconds between two frames."""
        return 1.0 / self.fps


def read_header(path: Path) -> Header:
    """Read the header of a video file.

    Raises:
        FootageError: The file cannot be opened or shows no moving pictures.
    """
    container, stream = open_video(path)
    with closing(container):
        return Header(
            fps=average_fps(stream),
            duration_s=_duration_s(container, stream),
            frames=stream.frames or None,
            codec=stream.codec_context.name,
            created=_creation_time({**stream.metadata, **container.metadata}),
        )


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base


def _creation_time(metadata: dict[str, str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(metadata.get("creation_time", ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    # Cameras without a clock write the zero of their file format (1904 or 1970).
    return moment if moment >= _EARLIEST_CREATION else None
