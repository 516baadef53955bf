"""Defaults, site file and command line over each other."""

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.configuration import Defaults, defaults, load_configuration, parse_assignments, to_yaml
from pipeline.configuration.layers import overlay
from tests.pipeline.configuration.sites import MINIMAL, write_site
from tracking.errors import UsageError

TREES = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def test_a_short_site_file_leaves_every_default(tmp_path: Path) -> None:
    configuration = load_configuration(write_site(tmp_path))
    usual = Defaults()
    assert {name: getattr(configuration, name) for name in Defaults.model_fields} == dict(usual)
    assert configuration.camera("A").tracker == usual.tracker


def test_the_site_file_overrides_a_default_and_the_command_line_both(tmp_path: Path) -> None:
    path = write_site(tmp_path, MINIMAL + "tracker: {min_score: 0.5, expiry_s: 2}\n")
    site = load_configuration(path)
    line = load_configuration(path, {"tracker.min_score": 0.6})
    assert (site.tracker.min_score, site.tracker.expiry_s) == (0.5, 2.0)
    assert (line.tracker.min_score, line.tracker.expiry_s) == (0.6, 2.0)


def test_a_camera_has_its_own_on_top_of_the_sites_and_the_command_line_wins(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "    source: a.mp4\n", "    source: a.mp4\n    tracker: {expiry_s: 3, min_pickup_s: 0.7}\n"
    )
    path = write_site(tmp_path, text + "tracker: {expiry_s: 2}\n")
    configuration = load_configuration(path, {"tracker.min_pickup_s": 0.9})
    of_a, of_b = (configuration.camera(camera).tracker for camera in "AB")
    assert (of_a.expiry_s, of_a.min_pickup_s) == (3.0, 0.9)
    assert (of_b.expiry_s, of_b.min_pickup_s) == (2.0, 0.9)


@pytest.mark.parametrize("key", ["cameras.B.max_fps", "cameras[1].max_fps"])
def test_the_command_line_reaches_a_single_camera(tmp_path: Path, key: str) -> None:
    configuration = load_configuration(write_site(tmp_path), {key: 5, "runtime.max_fps": 10})
    assert [configuration.footage(camera).max_fps for camera in "AB"] == [10.0, 5.0]


def test_a_preset_fills_what_is_not_given(tmp_path: Path) -> None:
    path = write_site(tmp_path, MINIMAL + "tracker: {preset: thesis, min_score: 0.75}\n")
    tracker = load_configuration(path).tracker
    assert (tracker.min_score, tracker.expiry_s, tracker.max_aspect) == (0.75, 0.5, 0.6)


def test_an_edited_config_yaml_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = tmp_path / "config.yaml"
    edited.write_text(defaults.program_file().read_text().replace("expiry_s: 1.5", "expiry_s: 2.5"))
    monkeypatch.setenv(defaults.CONFIG_VARIABLE, str(edited))
    configuration = load_configuration(write_site(tmp_path))
    assert configuration.tracker.expiry_s == configuration.camera("A").tracker.expiry_s == 2.5


def test_paths_of_a_site_file_are_relative_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.onnx").write_bytes(b"x")
    text = MINIMAL + "database: sqlite:///out/flows.db\ndetector: {name: onnx, weights: weights.onnx}\n"
    path = write_site(tmp_path, text + "encoder: {name: weights.onnx}\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    configuration = load_configuration(Path("..") / path.name)
    assert configuration.footage("B").locations == (f"{tmp_path}/elsewhere/../footage/b_*.mp4",)
    assert configuration.detector.weights is not None
    assert configuration.detector.weights.samefile(tmp_path / "weights.onnx")
    assert Path(configuration.encoder.name).samefile(tmp_path / "weights.onnx")
    assert configuration.database == f"sqlite:///{tmp_path}/elsewhere/../out/flows.db"


def test_paths_of_the_command_line_are_relative_to_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    configuration = load_configuration(write_site(tmp_path), {"database": "sqlite:///x.db"})
    assert configuration.database == f"sqlite:///{tmp_path}/here/x.db"


def test_footage_is_read_by_the_clock_of_its_camera(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "    source: a.mp4\n", "    source: a.mp4\n    timezone: UTC\n    clock_offset: -2.5\n"
    )
    footage = load_configuration(write_site(tmp_path, text)).footage("A")
    assert (footage.zone.key, footage.clock_offset_s) == ("UTC", -2.5)
    assert footage.start == datetime(2020, 2, 20, 13, 11)
    assert footage.key == f"{tmp_path}/site.yaml: cameras[0]"


@pytest.mark.parametrize("word", ["NO", "on", "1", "Grote Markt", "007"])
def test_any_plain_word_is_a_camera_id(tmp_path: Path, word: str) -> None:
    text = MINIMAL.replace("id: A", f"id: {word}").replace("from: A", f"from: {word}")
    configuration = load_configuration(write_site(tmp_path, text))
    assert configuration.links[0].from_camera == configuration.cameras[0].id


def test_cameras_may_share_what_they_have_in_common(tmp_path: Path) -> None:
    text = MINIMAL.replace("  - id: A\n", "  - &first\n    id: A\n    max_fps: 5\n")
    text = text.replace("{id: B, ", "{<<: *first, id: B, ")
    configuration = load_configuration(write_site(tmp_path, text))
    assert [camera.max_fps for camera in configuration.cameras] == [5.0, 5.0]


def test_the_effective_configuration_loads_to_itself(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "id: A\n", "id: A\n    tracker: {expiry_s: 3}\n    roi: [[0, 0], [1, 0], [1, 1]]\n"
    )
    first = load_configuration(
        write_site(tmp_path, text),
        {"matching.threshold": 0.8, "cameras.B.max_fps": 4, "database": "sqlite:////data/flows.db"},
    )
    again = load_configuration(write_site(tmp_path, to_yaml(first), "effective.yaml"))
    assert again == first
    assert to_yaml(again) == to_yaml(first)


def test_the_effective_configuration_shows_no_password(tmp_path: Path) -> None:
    text = MINIMAL.replace("a.mp4", "'rtsp://me:secret@cam.example/1?pwd=secret'")
    path = write_site(tmp_path, text + "database: postgresql://me:secret@db.example/flows?password=secret\n")
    printed = to_yaml(load_configuration(path))
    assert yaml.safe_load(printed)["database"] == "postgresql://db.example/flows"
    assert "secret" not in printed


def test_the_example_site_loads() -> None:
    example = Path(__file__).parents[3] / "groningen.yaml"
    configuration = load_configuration(example)
    assert [camera.id for camera in configuration.cameras] == list("ABCDE")
    for camera in configuration.cameras:
        configuration.region(camera.id, (1280, 720))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a.b=1"], {"a.b": 1}),
        (["a=0.5", "b=true", "c=null"], {"a": 0.5, "b": True, "c": None}),
        (["roi=[[0, 0], [1, 0], [1, 1]]"], {"roi": [[0, 0], [1, 0], [1, 1]]}),
        (["database=postgresql://u:p@h/d?x=1"], {"database": "postgresql://u:p@h/d?x=1"}),
        (["name = yolo11n"], {"name": "yolo11n"}),
    ],
)
def test_assignments_are_read_as_yaml_values(texts: list[str], expected: dict[str, object]) -> None:
    assert parse_assignments(texts) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("tracker", "give key=value"), ("=3", "give key=value"), ("a=[1,", "cannot be read as a value")],
)
def test_an_assignment_that_cannot_be_read_is_one_sentence(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        parse_assignments([text])


@given(TREES, TREES)
def test_the_later_layer_wins_and_nothing_is_changed_in_place(lower: object, upper: object) -> None:
    before = repr((lower, upper))
    merged = overlay(lower, upper)
    assert repr((lower, upper)) == before
    assert overlay(merged, upper) == merged
    if not (isinstance(lower, dict) and isinstance(upper, dict)):
        assert merged == upper
    else:
        assert set(merged) == set(lower) | set(upper)
