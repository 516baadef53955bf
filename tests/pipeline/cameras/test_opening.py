"""A camera at work: who detects, where it begins, and that pixels are blurred once."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.cameras import Chunk, OpenCamera, PreparedCamera, crop_blur, open_camera, opening
from pipeline.configuration import CameraSettings, RuntimeSettings
from pipeline.sources import SourcePosition
from pipeline.stages import ChainSettings, Passage
from pipeline.telemetry import StageClock
from tests.pipeline.fakes import SIZE, ListedSource, RecordingDetector, Ride, boxes, frame
from tracking.arrays import Image
from tracking.region import RegionOfInterest
from tracking.riders import RiderSettings
from tracking.tracklets import TrackerSettings
from tracking.values import Detections

FRAMES = 60


def prepared(*, when: str = "crop", stateful: bool = False) -> PreparedCamera:
    """A camera that one cyclist passes."""
    return PreparedCamera(
        settings=CameraSettings.model_validate({"id": "A", "source": "a.mp4", "anonymize": {"when": when}}),
        source=ListedSource([frame(number) for number in range(FRAMES)]),
        detector=RecordingDetector(stateful=stateful, script=lambda number: boxes(number, Ride())),
        chain=ChainSettings(
            camera="A", frame_size=SIZE, region=RegionOfInterest(SIZE), counting_line=None,
            rider=RiderSettings(), tracker=TrackerSettings.model_validate({}), crops_per_tracklet=4,
        ),
    )  # fmt: skip


def chunks_of(opened: OpenCamera) -> list[Chunk]:
    opened.feeder.start()
    found = []
    while (chunk := opened.feeder.next_chunk()) is not None:
        found.append(chunk)
    return found


def watch(camera: PreparedCamera) -> list[Passage]:
    """Work a camera off, as an engine does."""
    opened = open_camera(camera, RuntimeSettings(), StageClock())
    passages = []
    for chunk in chunks_of(opened):
        for one, seen in zip(chunk.frames, chunk.detections, strict=True):
            passages += opened.chain.process(one, seen)
    return passages + opened.chain.finish()


@pytest.fixture
def blurs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each blur of a frame or a crop and makes its pixels half as bright."""
    done: list[str] = []

    def noted(what: str) -> Callable[[object, Image], Image]:
        def blur(self: object, image: Image) -> Image:
            done.append(what)
            return np.asarray(image // 2, np.uint8)

        return blur

    monkeypatch.setattr(opening.Anonymizer, "frame", noted("frame"))
    monkeypatch.setattr(opening.Anonymizer, "crop", noted("crop"))
    return done


@pytest.mark.parametrize(("when", "what"), [("crop", "crop"), ("source", "frame")])
def test_pixels_are_blurred_once(blurs: list[str], when: str, what: str) -> None:
    (passage,) = watch(prepared(when=when))
    assert set(blurs) == {what}
    assert len(blurs) == FRAMES if what == "frame" else len(blurs) >= len(passage.tracklet.crops)
    brightest = max(int(crop.image.max()) for crop in passage.tracklet.crops)
    # Noise up to 254, halved once; halved twice it would stay below 64.
    assert 100 < brightest <= 127, brightest


@pytest.mark.parametrize("stateful", [False, True])
def test_blurred_at_the_source_the_detector_sees_no_sharp_frame(blurs: list[str], stateful: bool) -> None:
    camera = prepared(when="source", stateful=stateful)
    watch(camera)
    assert isinstance(camera.detector, RecordingDetector)
    assert len(camera.detector.seen) == FRAMES
    assert max(int(image.max()) for image in camera.detector.seen) <= 127


@pytest.mark.parametrize("when", ["crop", "source"])
def test_a_crop_is_blurred_by_the_default_settings(when: str) -> None:
    """Without a stand-in: what is kept of the noise is flatter than the noise."""
    (passage,) = watch(prepared(when=when))
    noise = np.random.default_rng(0).integers(0, 255, (60, 30, 3)).astype(float)
    for crop in passage.tracklet.crops:
        assert crop.image.std() < 0.8 * noise.std(), f"{when}: {crop.image.std():.0f} of {noise.std():.0f}"


def test_a_crop_of_a_blurred_frame_is_left_as_it_is(blurs: list[str]) -> None:
    image = frame(1).image
    settings = prepared(when="source").settings.anonymize
    assert np.array_equal(crop_blur(settings)(image), image)
    assert not np.array_equal(crop_blur(prepared().settings.anonymize)(image), image)


def test_a_detector_that_remembers_frames_works_in_the_feeder_and_from_the_beginning() -> None:
    camera = prepared(stateful=True)
    opened = open_camera(camera, RuntimeSettings(), StageClock(), SourcePosition("a.mp4", 16))
    chunks = chunks_of(opened)
    assert chunks[0].frames[0].index == 0
    assert all(isinstance(chunk.detections, tuple) for chunk in chunks)


def test_with_any_other_detector_the_footage_goes_on_where_it_stopped() -> None:
    camera = prepared()
    opened = open_camera(camera, RuntimeSettings(), StageClock(), SourcePosition("a.mp4", 16))
    chunks = chunks_of(opened)
    assert isinstance(camera.detector, RecordingDetector)
    assert chunks[0].frames[0].index == 16
    assert all(len(chunk.detections) == len(chunk.frames) for chunk in chunks)
    assert len(camera.detector.seen) == sum(len(chunk.frames) for chunk in chunks)


def test_chunks_have_the_configured_size() -> None:
    runtime = RuntimeSettings(frames_per_chunk=25)
    chunks = chunks_of(open_camera(prepared(), runtime, StageClock()))
    assert [len(chunk.frames) for chunk in chunks] == [25, 25, 10]


def test_two_openings_of_a_camera_do_not_share_a_chain() -> None:
    camera = prepared()
    first = open_camera(camera, RuntimeSettings(), StageClock())
    second = open_camera(camera, RuntimeSettings(), StageClock())
    for number in range(5):
        first.chain.process(frame(number), boxes(number, Ride()))
    assert (first.chain.quiet, second.chain.quiet) == (False, True)
    assert second.chain.process(frame(0), Detections.empty()) == []
