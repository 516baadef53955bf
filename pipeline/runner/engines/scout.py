"""The worker's side of looking ahead: frames of some stretches to boxes, and nothing kept."""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from anonymize import Anonymizer
from pipeline.cameras import DetectorShelf, PreparedCamera
from pipeline.cameras.looking import Looks, in_chunks
from pipeline.configuration import RuntimeSettings
from pipeline.runner.engines.errand import Answer
from pipeline.runner.engines.foresight import Glimpse
from pipeline.runner.engines.sparing import sparing_detector
from pipeline.runner.engines.stretches import Stretch
from pipeline.sources import CameraSource
from pipeline.sources.ahead import ReaderAhead
from pipeline.telemetry import Stage, StageClock
from tracking.arrays import Image
from tracking.detectors import Detector, DetectorSettings
from tracking.values import Frame

Blur = Callable[[Image], Image]


@dataclass(frozen=True, slots=True)
class ScoutErrand:
    """What a worker that looks ahead needs to know.

    Attributes:
        camera: Without its detector; its footage is recorded.
        runtime: Sizes of chunks.
        build: Loads a detector where the worker is.
    """

    camera: PreparedCamera
    runtime: RuntimeSettings
    build: Callable[[DetectorSettings], Detector]


def look_ahead(errand: ScoutErrand, heard: Callable[[], bytes], hand_over: Callable[[Answer], None]) -> None:
    """Look at one stretch after the other, for as long as there are any.

    Args:
        errand: At which camera, and how.
        heard: Waits for the next stretch, pickled; empty for the end.
        hand_over: Takes what was found in each.

    Raises:
        FietsflowError: The model failed. Footage that cannot be read is nothing to look at.
    """
    camera, clock = errand.camera, StageClock()
    detector = DetectorShelf(1, errand.build).take(sparing_detector(camera.settings.detector), camera.id)
    source = camera.source
    if not isinstance(source, CameraSource):
        raise TypeError(f"camera {camera.id}: only recorded footage is looked at ahead")
    reader, told = source.ahead(), clock.seconds
    anonymize = camera.settings.anonymize
    blur = Anonymizer(anonymize).frame if anonymize.when == "source" else None
    while data := heard():
        stretch: Stretch = pickle.loads(data)
        looks = Looks(detector, clock)
        frames = _frames(reader, stretch, blur, clock)
        found: list[Glimpse] = []
        before = None
        for looked in in_chunks(frames, looks, errand.runtime.frames_per_chunk):
            # One chunk is looked at while the next is decoded, and no more: few pictures are held.
            found += Glimpse.of(before) if before else ()
            before = looked
        found += Glimpse.of(before) if before else ()
        looks.close(give_up=False)
        seconds = clock.seconds
        since = {stage: seconds[stage] - told[stage] for stage in seconds}
        told = seconds
        hand_over(Answer(seconds=since, looked=pickle.dumps(tuple(found))))


def _frames(reader: ReaderAhead, stretch: Stretch, blur: Blur | None, clock: StageClock) -> Iterator[Frame]:
    frames = reader.frames(stretch.source, stretch.begin, stretch.end)
    while True:
        with clock.measure(Stage.DECODE):
            frame = next(frames, None)
        if frame is None:
            return
        if blur is not None:
            with clock.measure(Stage.ANONYMISE):
                frame = replace(frame, image=blur(frame.image))
        yield frame
