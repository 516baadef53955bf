"""Opening every source of a site, to see before a run what it will find."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.configuration.site import Configuration
from pipeline.sources import CameraSource
from tracking.errors import FietsflowError


@dataclass(frozen=True, slots=True)
class CameraSurvey:
    """What a camera's footage looks like before it is decoded.

    Attributes:
        camera: Camera id.
        files: Number of sources.
        width: Pixels; None where nothing can be opened.
        height: Pixels; None where nothing can be opened.
        fps: Average frames per second of the first source; None where nothing can be opened.
        start: Local time of the first frame, ISO 8601; None where nothing can be opened.
        end: Promised local time of the end, ISO 8601; None where nothing can be opened.
        region: ``ok``, ``whole frame``, or ``-`` where it could not be checked or is wrong.
        errors: Sentences that stop a run or lose footage.
        notes: Sentences about what was assumed.
    """

    camera: str
    files: int
    width: int | None
    height: int | None
    fps: float | None
    start: str | None
    end: str | None
    region: str
    errors: tuple[str, ...]
    notes: tuple[str, ...]


def survey(configuration: Configuration) -> Iterator[CameraSurvey]:
    """Open the footage of each camera, one after the other."""
    for camera in configuration.cameras:
        try:
            source = CameraSource(configuration.footage(camera.id))
        except FietsflowError as error:
            yield CameraSurvey(camera.id, 0, None, None, None, None, None, "-", (str(error),), ())
        else:
            yield _survey_source(configuration, source)


def _survey_source(configuration: Configuration, source: CameraSource) -> CameraSurvey:
    camera = configuration.camera(source.camera)
    key = configuration.footage(camera.id).key
    errors = [f"{key}.source: {one.notes[-1]}" for one in source.sources if one.header is None]
    notes = [f"{one.name}: {note}" for one in source.sources if one.header for note in one.notes]
    region = "ok" if camera.roi else "whole frame"
    try:
        configuration.region(camera.id, source.frame_size)
    except FietsflowError as error:
        errors.append(str(error))
        region = "-"
    width, height = source.frame_size
    return CameraSurvey(
        camera=camera.id,
        files=len(source.sources),
        width=width,
        height=height,
        fps=next((one.header.fps for one in source.sources if one.header), None),
        start=_local(source.sources[0].start, configuration.zone),
        end=_local(max(one.end for one in source.sources), configuration.zone),
        region=region,
        errors=tuple(errors),
        notes=tuple(notes),
    )


def _local(epoch_s: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(epoch_s, zone).isoformat(timespec="milliseconds")
