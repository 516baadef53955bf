"""Opening every source of a site, to see before a run what it will find."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.configuration.site import CameraSettings, Configuration
from pipeline.sources import CameraSource
from pipeline.sources.conflicts import conflicts
from pipeline.sources.coverage import LEAST_FPS
from pipeline.sources.files import is_live
from pipeline.sources.streams import Connection, StreamAddress, StreamError
from tracking.errors import FietsflowError
from tracking.region import is_relative

_SMALL_SHARE = 0.5


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
        start_from: Who says so, like ``file name``; None where nothing can be opened.
        end: Promised local time of the end, ISO 8601; None where nothing can be opened.
        region: ``ok``, ``whole frame``, or ``-`` where it could not be checked or is wrong.
        region_share: Share of the picture in which cyclists count, 0 to 1; None as with ``-``.
        errors: Sentences that stop a run or lose footage.
        notes: Sentences about what was assumed.
    """

    camera: str
    files: int
    width: int | None
    height: int | None
    fps: float | None
    start: str | None
    start_from: str | None
    end: str | None
    region: str
    region_share: float | None
    errors: tuple[str, ...]
    notes: tuple[str, ...]


def survey(configuration: Configuration) -> tuple[CameraSurvey, ...]:
    """Open the footage of each camera, one after the other, and see whether it goes together."""
    opened: dict[str, CameraSource] = {}
    surveys: list[CameraSurvey] = []
    for camera in configuration.cameras:
        if len(camera.source) == 1 and is_live(camera.source[0]):
            surveys.append(_survey_stream(configuration, camera))
            continue
        try:
            opened[camera.id] = CameraSource(configuration.footage(camera.id))
        except FietsflowError as error:
            surveys.append(_failed(camera.id, str(error)))
        else:
            surveys.append(_survey_source(configuration, opened[camera.id]))
    found = conflicts(
        {name: source.sources for name, source in opened.items()},
        {name: configuration.footage(name).key for name in opened},
    )
    return tuple(
        replace(one, errors=(*one.errors, found[one.camera])) if one.camera in found else one
        for one in surveys
    )


def _failed(camera_id: str, error: str) -> CameraSurvey:
    nothing = None
    return CameraSurvey(
        camera_id, 0, nothing, nothing, nothing, nothing, nothing, nothing, "-", nothing, (error,), ()
    )


def _survey_stream(configuration: Configuration, camera: CameraSettings) -> CameraSurvey:
    """Connect once, and look at the first picture."""
    key = configuration.footage(camera.id).key
    try:
        address, timeout_s = StreamAddress(camera.source[0]), configuration.runtime.timeout_s
        with Connection(address, timeout_s, camera.clock_offset) as stream:
            image = next((one.picture.image() for one in stream.pictures()), None)
            fps = 1 / stream.period_s
        if image is None:
            return _failed(camera.id, f"{key}.source: {address.name}: ended before its first picture")
        size = image.shape[1], image.shape[0]
        share = configuration.region(camera.id, size).share
    except FietsflowError as error:
        return _failed(camera.id, f"{key}.source: {error}" if isinstance(error, StreamError) else str(error))
    notes = tuple(_rate_notes(fps, configuration.footage(camera.id).max_fps) + _scale_notes(camera, size))
    region = "ok" if camera.roi else "whole frame"
    return CameraSurvey(camera.id, 1, *size, fps, None, "live", None, region, share, (), notes)


def _survey_source(configuration: Configuration, source: CameraSource) -> CameraSurvey:
    camera = configuration.camera(source.camera)
    footage = configuration.footage(camera.id)
    errors = [f"{footage.key}.source: {one.notes[-1]}" for one in source.sources if one.header is None]
    notes = [f"{one.name}: {note}" for one in source.sources if one.header for note in one.notes]
    notes += [f"{one.name}: {step}" for one in source.sources if one.header for step in one.header.steps]
    region, share = "ok" if camera.roi else "whole frame", None
    try:
        share = configuration.region(camera.id, source.frame_size).share
    except FietsflowError as error:
        errors.append(str(error))
        region = "-"
    fps = next((one.header.fps for one in source.sources if one.header), None)
    notes += _rate_notes(fps, footage.max_fps)
    notes += _scale_notes(camera, source.frame_size)
    width, height = source.frame_size
    first = source.sources[0]
    return CameraSurvey(
        camera=camera.id,
        files=len(source.sources),
        width=width,
        height=height,
        fps=fps,
        start=_local(first.start, configuration.zone),
        start_from=first.origin.value,
        end=_local(max(one.end for one in source.sources), configuration.zone),
        region=region,
        region_share=share,
        errors=tuple(errors),
        notes=tuple(notes),
    )


def _rate_notes(fps: float | None, max_fps: float | None) -> list[str]:
    if fps is None or min(fps, max_fps or fps) >= LEAST_FPS:
        return []
    whose = f"the footage has {fps:.3g}" if fps < LEAST_FPS else f"max_fps leaves {max_fps:.3g}"
    return [
        f"{whose} frames per second; below {LEAST_FPS:g} too few riders are counted, so this time "
        "is stored as not observed"
    ]


def _scale_notes(camera: CameraSettings, frame_size: tuple[int, int]) -> list[str]:
    """Say where corners in pixels seem to be those of a smaller picture."""
    shapes: list[Sequence[Sequence[float]]] = [] if camera.roi is None else [camera.roi]
    if camera.counting_line is not None:
        shapes.append(camera.counting_line.points)
    points = [(float(x), float(y)) for shape in shapes for x, y in shape if not is_relative([(x, y)])]
    if not points:
        return []
    right, lower = max(x for x, _ in points), max(y for _, y in points)
    width, height = frame_size
    if right > _SMALL_SHARE * width or lower > _SMALL_SHARE * height:
        return []
    return [
        f"the corners of its region and line reach only to ({right:g}, {lower:g}) of {width}x{height} "
        "pixels; if they were drawn on a smaller picture, give them as shares of width and height"
    ]


def _local(epoch_s: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(epoch_s, zone).isoformat(timespec="milliseconds")
