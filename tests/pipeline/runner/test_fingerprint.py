"""What makes a run another run: all that decides its result, and nothing else."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from anonymize import Anonymizer
from pipeline.cameras import classifiers, detectors, opening
from pipeline.configuration import load_configuration
from pipeline.registry import ModelEntry
from pipeline.runner.fingerprint import fingerprint_of
from pipeline.runner.prepare import prepare
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.registry.networks import crop_reader

SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
detector: {name: detector.onnx}
anonymize: {region: whole_and_face, face_model: faces.onnx}
cameras:
  - {id: A, source: "*/*.mp4", time_pattern: "%Y-%m-%d/%H-%M-%S"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with footage of one day and two models."""
    folder = tmp_path / "site"
    (folder / "2024-05-14").mkdir(parents=True)
    write_video(folder / "2024-05-14" / "08-00-00.mp4", street(10))
    for name in ("detector.onnx", "faces.onnx"):
        (folder / name).write_bytes(b"weights")
    (folder / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.setattr(detectors, "resolve_detector", lambda settings: settings)
    monkeypatch.setattr(opening, "Anonymizer", lambda settings: Anonymizer())
    return folder


def test_new_weights_of_a_shipped_detector_make_another_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = folder / "shipped.onnx"
    entry = ModelEntry(
        name="some_detector", task="detector", runtime="onnx", licence="MIT", shipped=shipped, sha256="0" * 64
    )
    monkeypatch.setattr(detectors, "find_model", lambda name: entry if name == entry.name else None)
    found = []
    for weights in (b"old", b"old", b"new"):
        shipped.write_bytes(weights)
        configuration = load_configuration(folder / "site.yaml", {"detector.name": "some_detector"})
        found.append(fingerprint_of(prepare(configuration)))
    assert found[0] == found[1] != found[2]


def test_new_weights_of_a_shipped_classifier_make_another_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = folder / "shipped.onnx"
    monkeypatch.setattr(classifiers, "resolve_weights", lambda name, task: shipped)
    found = []
    for steepness in (20.0, 20.0, 10.0):
        crop_reader(shipped, steepness)
        configuration = load_configuration(folder / "site.yaml", {"rider.judge.by": "learnt"})
        found.append(fingerprint_of(prepare(configuration)))
    assert found[0] == found[1] != found[2]


def test_another_classifier_makes_another_run_where_it_is_asked(folder: Path) -> None:
    crop_reader(folder / "one.onnx")
    for ending in ("onnx", "json"):
        shutil.copy(folder / f"one.{ending}", folder / f"same.{ending}")
    crop_reader(folder / "two.onnx", steepness=10.0)
    asked = {"rider.judge.by": "learnt"}
    found = {
        name: fingerprint_of(
            prepare(load_configuration(folder / "site.yaml", asked | {"rider.classifier": name}))
        )
        for name in (*(str(folder / f"{one}.onnx") for one in ("one", "same", "two")), "none")
    }
    one, same, two, none = found.values()
    assert one == same
    assert len({one, two, none}) == 3


def fingerprint(folder: Path) -> str:
    return fingerprint_of(prepare(load_configuration(folder / "site.yaml", {})))


def test_a_site_that_moves_with_its_footage_and_models_stays_the_same_run(folder: Path) -> None:
    before = fingerprint(folder)
    shutil.copytree(folder, folder.with_name("moved"))
    shutil.rmtree(folder)

    assert fingerprint(folder.with_name("moved")) == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda f: (f / "detector.onnx").write_bytes(b"others"), id="detector under an old name"),
        pytest.param(lambda f: (f / "faces.onnx").write_bytes(b"others"), id="face model under an old name"),
        pytest.param(lambda f: (f / "detector.json").write_text("{}"), id="a card beside the detector"),
        pytest.param(
            lambda f: (f / "2024-05-14").rename(f / "2024-05-15"), id="another day in a folder's name"
        ),
    ],
)
def test_whatever_changes_the_result_makes_another_run(
    folder: Path, change: Callable[[Path], object]
) -> None:
    before = fingerprint(folder)
    change(folder)

    assert fingerprint(folder) != before
