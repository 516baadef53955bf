"""What is known of a camera before its footage is worked off."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cameras import PreparedCamera, detectors, prepare_cameras, promised_frames
from pipeline.configuration import Configuration, load_configuration
from tests.command_line import street, write_video
from tests.pipeline.fakes import RecordingDetector, planned
from tracking.detectors import DetectorSettings
from tracking.errors import FootageError, UsageError

SITE = """
site: test
timezone: UTC
detector: {name: motion}
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
  - {id: B, source: b.mp4, start: 2024-05-14T08:00:00}
  - {id: C, source: c.mp4, start: 2024-05-14T08:00:00, detector: {score_threshold: 0.2}}
"""


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("street")
    write_video(folder / "a.mp4", street(8))
    write_video(folder / "b.mp4", street(12))
    write_video(folder / "c.mp4", street(16))
    write_video(folder / "c.mp4", street(16))
    return folder


@pytest.fixture
def site(footage: Path, tmp_path: Path) -> Callable[..., Configuration]:
    """Loads the site, with changes."""

    def load(text: str = SITE, **changes: object) -> Configuration:
        (tmp_path / "site.yaml").write_text(text.replace("source: ", f"source: {footage}/"))
        return load_configuration(tmp_path / "site.yaml", changes)

    return load


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[DetectorSettings]:
    """Notes every detector that is built; one that remembers frames where its name is motion."""
    notes: list[DetectorSettings] = []

    def build(settings: DetectorSettings) -> RecordingDetector:
        notes.append(settings)
        return RecordingDetector(stateful=settings.name == "motion")

    monkeypatch.setattr(detectors, "build_detector", build)
    monkeypatch.setattr(detectors, "resolve_detector", lambda settings: settings)
    return notes


def test_cameras_with_equal_settings_share_a_detector(
    site: Callable[..., Configuration], built: list[DetectorSettings]
) -> None:
    a, b, c = prepare_cameras(site(**{"detector.name": "some.onnx"}))
    assert a.detector is b.detector
    assert a.detector is not c.detector
    assert len(built) == 2


def test_a_detector_that_remembers_frames_belongs_to_one_camera(
    site: Callable[..., Configuration], built: list[DetectorSettings]
) -> None:
    cameras = prepare_cameras(site())
    assert len({id(camera.detector) for camera in cameras}) == len(built) == 3


def test_who_needs_no_detector_loads_none(
    site: Callable[..., Configuration], built: list[DetectorSettings]
) -> None:
    cameras = prepare_cameras(site(), detect=False)
    assert built == []
    assert {camera.weights for camera in cameras} == {None}
    assert all(len(camera.detector.detect([]) or ()) == 0 for camera in cameras)


def test_footage_is_known_by_its_content_and_not_by_its_name(
    site: Callable[..., Configuration], built: list[DetectorSettings], tmp_path: Path
) -> None:
    a, b, _ = prepare_cameras(site())
    assert (a.id, a.source.frame_size) == ("A", (320, 180))
    [(name, digest)], [(other_name, other_digest)] = a.footage, b.footage
    assert (name, other_name) == ("a.mp4", "b.mp4")
    assert digest != other_digest
    copy = Path(shutil.copy(a.source.sources[0].files.path, tmp_path / "copy.mp4"))
    assert only(site, **{"cameras.A.source": str(copy)}).footage == (("copy.mp4", digest),)


def test_two_cameras_cannot_read_the_same_footage(
    site: Callable[..., Configuration], built: list[DetectorSettings]
) -> None:
    with pytest.raises(UsageError, match=r"a\.mp4"):
        prepare_cameras(site(SITE.replace("b.mp4", "a.mp4")))
    assert built == []


def only(site: Callable[..., Configuration], **changes: object) -> PreparedCamera:
    return prepare_cameras(site(SITE[: SITE.index("  - {id: B")], **changes))[0]


def test_the_chain_takes_the_settings_of_its_camera(
    site: Callable[..., Configuration], built: list[DetectorSettings]
) -> None:
    chain = only(site, **{"tracker.min_pickup_s": 0.7, "encoder.crops_per_tracklet": 3}).chain
    assert (chain.camera, chain.frame_size, chain.tracker.min_pickup_s) == ("A", (320, 180), 0.7)
    assert (chain.crops_per_tracklet, chain.keep_crop_size) == (3, False)
    (camera,) = prepare_cameras(
        site(SITE[: SITE.index("  - {id: B")]), crops_per_tracklet=5, keep_crop_size=True
    )
    assert (camera.chain.crops_per_tracklet, camera.chain.keep_crop_size) == (5, True)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("roi", [[0, 0], [400, 0], [400, 100]], r"cameras\[0\]\.roi: point 2 .* outside the frame"),
        ("exclude", [[[0, 0], [1, 0], [1, 1], [0, 1]]], r"cameras\[0\]\.exclude: .* leave nothing"),
        ("counting_line", {"points": [[0, 0], [400, 0]]}, r"cameras\[0\]\.counting_line: point 2"),
    ],
)
def test_shapes_that_do_not_fit_the_real_frames_are_one_sentence(
    site: Callable[..., Configuration], built: list[DetectorSettings], key: str, value: object, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        only(site, **{f"cameras.A.{key}": value})


def test_footage_that_cannot_be_decoded_is_known_before_a_detector_is_loaded(
    site: Callable[..., Configuration], built: list[DetectorSettings], tmp_path: Path
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    with pytest.raises(FootageError, match=r"broken\.mp4 cannot be opened as video"):
        only(site, **{"cameras.A.source": str(tmp_path / "broken.mp4")})
    assert built == []


@pytest.mark.parametrize(
    ("frames", "promised"),
    [([40, 25], 65), ([40], 40), ([40, None], None), ([None], None), ([], None), ([0], 0)],
)
def test_a_promise_is_made_only_where_every_header_makes_one(
    frames: list[int | None], promised: int | None
) -> None:
    assert promised_frames(planned(f"{n}.mp4", count) for n, count in enumerate(frames)) == promised
