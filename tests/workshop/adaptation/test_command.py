"""``pipeline adapt``, tiny: a detector learns on from a film that nobody labelled."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torchvision", reason="training the detector needs the extra lab")
pytest.importorskip("onnx", reason="training the detector needs the extra lab")
import torch

from tests.command_line import Answer, pipeline, street, write_video
from tests.pipeline.registry.networks import colour_finder
from tracking.arrays import Image
from tracking.detectors import DetectorSettings, build_detector
from tracking.values import Detections, ObjectClass
from workshop.adaptation import adapting, material, memory
from workshop.adaptation.footage import find_footage, glimpses, step_for
from workshop.adaptation.settings import TeachingSettings
from workshop.adaptation.teaching import Taught, count
from workshop.detector.description import DetectorDescription
from workshop.detector.learning.export import export_detector
from workshop.detector.learning.network import CyclistNetwork

RED = (0, 0, 250)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a film of a red rider, a teacher that sees red, and a detector that knows nothing yet."""
    frames = {"scenarios": ["calm"], "cameras": 1, "frames": 1, "size": [128, 96]}
    training = {"composition": {"size": [64, 96]}, "optimisation": {"steps": 100}}
    description = {"simulated": {**frames, "seeds": [1]}, "held_back": {**frames, "seeds": [2]}}
    described = DetectorDescription.model_validate(
        {**description, "training": training, "input_size": [96, 128]}
    )
    monkeypatch.setattr(material, "load_description", lambda: described)
    torch.manual_seed(4)
    network = CyclistNetwork(channels=8)
    for parameter in network.parameters():  # As trained: the exporter stores equal tensors once.
        torch.nn.init.normal_(parameter, std=0.02)
    export_detector(network, tmp_path / "start.onnx", (96, 128))
    colour_finder(tmp_path / "sees_red.onnx")
    (tmp_path / "films").mkdir()
    write_video(tmp_path / "films" / "monday.mp4", street(30, ((-10, RED),)))
    return tmp_path


def adapt(place: Path, *more: object, footage: str = "films", output: str = "out") -> Answer:
    return pipeline(
        "adapt", "--footage", place / footage, "--teacher", place / "sees_red.onnx",
        "--from", place / "start.onnx", "--output", place / output, "--threads", 1,
        "--set", "teaching.accepted=0.05", "--set", "teaching.accepted_alone=0.05",
        "--set", "teaching.doubted=0.05", "--set", "teaching.seen_from=0.01",
        "--set", "optimisation.steps=2", "--set", "optimisation.batch=2", "--set", "optimisation.warm_up=1",
        *more,
    )  # fmt: skip


def test_one_command_gives_a_detector_with_a_card_and_writes_no_picture(place: Path) -> None:
    answer = adapt(place, "--licence", "ours")
    assert answer.code == 0, answer.err
    assert "steps 1/2" in answer.err
    assert "calm: nobody to find" in answer.out
    path = place / "out" / "cyclist_detector.onnx"
    build_detector(DetectorSettings(name=str(path))).detect([np.zeros((90, 120, 3), np.uint8)])
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["licence"] == "ours"
    assert "films" in card["training_data"]
    assert "sees_red" in card["training_data"]
    assert card["initial_weights"].startswith("start.onnx, sha256 ")
    assert "--teacher sees_red.onnx" in card["command"]
    assert "--set optimisation.steps=2" in card["command"]
    assert pipeline("models", "verify", path).code == 0
    arrays = [file.name for file in (place / "out").glob("*.npz")]
    assert all(name.startswith("frames-") for name in arrays), "no picture of the street"
    (kept,) = (place / "out").glob("seen-*.json")
    seen = json.loads(kept.read_text())
    assert all(len(box) == 6 for boxes in seen.values() for box in boxes), "boxes, and nothing else"
    assert any(seen.values())


def test_the_same_again_learns_nothing_twice_and_other_footage_is_another_training(place: Path) -> None:
    first, path = adapt(place), place / "out" / "cyclist_detector.onnx"
    assert first.code == 0, first.err
    weights = path.read_bytes()
    again = adapt(place)
    assert again.code == 0, again.err
    assert "steps" not in again.err
    assert path.read_bytes() == weights
    write_video(place / "films" / "tuesday.mp4", street(20, ((-5, RED),)))
    other = adapt(place)
    assert other.code == 2
    assert "belongs to a training with other settings or data" in other.err


def test_what_is_known_and_described_is_learned_from(place: Path) -> None:
    (place / "how.yaml").write_text("kept: 0.99\noptimisation: {learning_rate: 0.01, steps: 70}\n")
    answer = pipeline(
        "adapt", "--no-cyclists", place / "films", "--teacher", place / "sees_red.onnx",
        "--from", place / "start.onnx", "--output", place / "out", "--threads", 1,
        "--description", place / "how.yaml", "--set", "teaching.accepted=0.05",
        "--set", "teaching.accepted_alone=0.05", "--set", "teaching.doubted=0.05",
        "--set", "teaching.seen_from=0.01", "--set", "optimisation.steps=2", "--set", "optimisation.batch=2",
        "--set", "optimisation.warm_up=1",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    card = json.loads((place / "out" / "cyclist_detector.json").read_text())
    assert "--no-cyclists films" in card["command"]
    assert "--set kept=0.99" in card["command"]
    assert "--set optimisation.steps=2" in card["command"]
    assert " 0 cyclists" in card["training_data"]


def corner(place: Path) -> tuple[object, ...]:
    """A labelled folder, and options to ask teachers about it."""
    folder = place / "data" / "corner"
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    (folder / "classes.txt").write_text("rider\n")
    for number in range(4):
        cv2.imwrite(str(folder / "images" / f"{number}.png"), street(1, ((20, RED),))[0])
    (place / "how.yaml").write_text(
        "labelled: [{folder: corner, classes: {rider: cyclist}}]\nasked: [corner]\nasked_most: 2\n"
        "composition: {pasted: 1.0, pasted_px: [12, 30]}\nrecorded: 0.5\n"
    )
    # The description of the test names no streets, so that --data holds this folder alone.
    return "--data", place / "data", "--description", place / "how.yaml"


def test_teachers_fill_in_labelled_folders_and_other_pictures_are_another_training(place: Path) -> None:
    described = corner(place)
    answer = adapt(place, *described)
    assert answer.code == 0, answer.err
    assert "asking 1/2 corner" in answer.err
    card = json.loads((place / "out" / "cyclist_detector.json").read_text())
    assert "(pedestrians filled in by them in corner)" in card["training_data"]
    other = adapt(place, *described, "--set", "recorded=0.4")
    assert other.code == 2
    assert "belongs to a training with other settings or data" in other.err


def test_what_was_painted_and_looked_at_ahead_waits_for_the_detector_that_learns(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = corner(place)
    start = (place / "start.onnx").rename(place / "later.onnx")
    ahead = adapt(place, *described, "--look-only")
    assert ahead.code == 0, ahead.err
    assert "asking 1/2 corner" in ahead.err
    assert ahead.out.startswith("8 frames: 8 cyclists, 0 pedestrians")
    assert not (place / "out" / "cyclist_detector.onnx").exists()
    start.rename(place / "start.onnx")
    monkeypatch.setattr(memory, "look", lambda *_: pytest.fail("the teachers looked again"))
    answer = adapt(place, *described)
    assert answer.code == 0, answer.err
    assert "frames" not in answer.err, "painted again"
    assert (place / "out" / "cyclist_detector.onnx").exists()


class SeesAPost:
    """A learner that takes a post for somebody in every picture."""

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        post = np.array([[100, 10, 108, 40]], np.float32)
        return [Detections(post, np.array([0.1], np.float32), np.array([ObjectClass.PERSON]))] * len(images)


def test_what_the_learner_sees_all_hour_is_taught_as_nobody(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "open_detector", lambda *_: SeesAPost())
    for hour, output in ((10, "one"), (None, "many")):
        folder = place / f"frames_{output}"
        folder.mkdir()
        for number in range(10):
            minute = f"{3 * number:02d}" if hour else "00"
            name = f"2024-05-{14 if hour else 10 + number}_{hour or 8:02d}-{minute}-00.png"
            cv2.imwrite(str(folder / name), street(1, ((20, RED),))[0])
        answer = adapt(place, footage=folder.name, output=output)
        assert answer.code == 0, answer.err
    one, many = (
        json.loads((place / output / "cyclist_detector.json").read_text())["training_data"]
        for output in ("one", "many")
    )
    assert " 10 others" in one
    assert " 0 others" in many, "a day lies between these pictures"


def test_a_description_with_a_mistake_is_named(place: Path) -> None:
    for text, sentence in (("kepd: 1", "how.yaml: kepd"), ("- 1", "values by name"), ("a: [", "not YAML")):
        (place / "how.yaml").write_text(text)
        answer = adapt(place, "--description", place / "how.yaml")
        assert answer.code == 2, answer
        assert sentence in answer.err, answer.err
    assert "no such file" in adapt(place, "--description", place / "none.yaml").err
    nothing = pipeline("adapt", "--teacher", place / "sees_red.onnx", "--output", place / "out")
    assert "--footage: name footage to learn from" in nothing.err


def test_mistakes_are_one_sentence(place: Path) -> None:
    sure = ("--set", "teaching.accepted=0.98", "--set", "teaching.accepted_alone=0.99")
    for answer, sentence in (
        (adapt(place, footage="none"), "--footage: there is no file or folder"),
        (adapt(place, *sure), "the teachers are sure of nobody in"),
        (adapt(place, "--from", place / "sees_red.onnx"), "not a detector that was trained here"),
        (adapt(place, "--teacher", "sees_blue"), "sees_blue"),
        (adapt(place, "--set", "teaching.acepted=0.5"), "--set teaching.acepted"),
    ):
        assert answer.code in (1, 2), answer
        assert sentence in answer.err, answer.err


def test_frames_of_films_come_in_pairs_spread_over_all_of_it(tmp_path: Path) -> None:
    film = write_video(tmp_path / "a.mp4", street(100))
    settings = TeachingSettings(most_frames=6)
    [source] = find_footage([film])
    seconds = [one.seconds for one in glimpses(source, step_for([source], settings), settings)]
    assert seconds == pytest.approx([0, 0.4, 3.4, 3.8, 6.8, 7.2], abs=0.1)


def test_pictures_of_folders_come_in_pairs_and_their_names_tell_when(tmp_path: Path) -> None:
    for second in range(20):
        name = f"2024-05-14_08-00-{second:02d}.jpg"
        cv2.imwrite(str(tmp_path / name), np.full((32, 48, 3), 90, np.uint8))
    [source] = find_footage([tmp_path], ("2024-05-14_08-00-01",), most_pictures=6)
    seen = list(glimpses(source, 1.0, TeachingSettings()))
    first = seen[0].seconds
    assert first is not None
    assert [round((one.seconds or 0) - first) for one in seen] == [0, 2, 9, 10, 18, 19]


def test_what_was_taught_is_counted() -> None:
    assert count([]) == Taught(0, 0, 0, 0, 0)


def test_pictures_that_have_a_neighbour_come_before_lonely_ones(tmp_path: Path) -> None:
    for minute, seconds in ((0, (0,)), (1, (10, 11)), (2, (20,)), (3, (30, 31, 32)), (4, (40,))):
        for second in seconds:
            cv2.imwrite(str(tmp_path / f"2024-05-14_08-{minute:02d}-{second}.jpg".replace("-0.", "-00.")),
                        np.full((32, 48, 3), 90, np.uint8))  # fmt: skip
    names = [
        [image.stem[-5:] for image in find_footage([tmp_path], (), most, within_s=2.0)[0].images]
        for most in (4, 100)
    ]
    assert names[0] == ["01-10", "01-11", "03-30", "03-31"]
    assert len(names[1]) == 8
