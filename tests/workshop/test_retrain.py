"""One command trains everything that ships; here it only says what it would do."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = ("make", "--no-print-directory", "--dry-run", "--file", "workshop/retrain.mk")


ONE_CORE = "OMP_NUM_THREADS=1"


def written(*variables: str) -> list[list[str]]:
    """The commands, as words, with what is set for them before."""
    made = subprocess.run(
        [*MAKE, f"BIN={Path(sys.executable).parent}", *variables],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [shlex.split(line) for line in made.stdout.replace("\\\n", " ").splitlines() if line.strip()]


def told(*variables: str) -> list[list[str]]:
    """The commands alone, as words."""
    return [
        [word for word in words if word != ONE_CORE] for words in written(*variables) if words[0] != "touch"
    ]


def place(commands: list[list[str]], *words: str) -> int:
    """Where the command that holds some words stands."""
    (found,) = [row for row, command in enumerate(commands) if set(words) <= set(command)]
    return found


def test_each_model_follows_from_what_it_needs() -> None:
    commands = told("DATA=data", "OUT=out")
    painted = place(commands, "workshop.detector.paint")
    encoder = place(commands, "train", "cyclist_encoder")
    first = place(commands, "train", "cyclist_detector")
    lighter = place(commands, "workshop.detector.lighter")
    looked, last = place(commands, "adapt", "--look-only"), place(commands, "adapt", "--from")
    looks = place(commands, "benchmarks.judge_looks")
    assert first < lighter < last < looks < place(commands, "workshop.judge", "learn")
    assert place(commands, "train-classifier") < first
    assert painted < encoder < first
    assert place(commands, "train-classifier") < looked < first
    shared = commands[last][: commands[last].index("--output")]
    assert commands[looked][: len(shared)] == shared, "else it would look again"
    assert "out/detector/cyclist_detector.onnx" in commands[looks]
    assert "out/classifier/rider_classifier.onnx" in commands[looks]


def test_what_goes_on_beside_something_takes_one_core_and_the_rest_all() -> None:
    commands = written("DATA=data", "OUT=out")
    alone = [place(commands, *words) for words in (("train", "cyclist_detector"), ("adapt", "--from"))]
    assert all(ONE_CORE not in commands[row] for row in alone)
    beside = (
        ("train-classifier",),
        ("workshop.detector.paint",),
        ("train", "cyclist_encoder"),
        ("--look-only",),
    )
    for words in beside:
        row = place(commands, *words)
        assert ONE_CORE in commands[row]
        assert row < min(alone), "before the detector begins"
    place(commands, "touch", "out/first/painted")
    place(commands, "touch", "out/detector/looked")


def test_what_is_made_already_is_not_made_again(tmp_path: Path) -> None:
    for name in ("first/cyclist_detector", "encoder/cyclist_encoder", "classifier/rider_classifier"):
        card = tmp_path / f"{name}.json"
        card.parent.mkdir()
        card.touch()
    left = [command for command in told("DATA=data", f"OUT={tmp_path}") if "train" in command]
    assert not left


def test_another_seed_reaches_every_training() -> None:
    commands = told("DATA=data", "OUT=out", "SEED=7")
    trainings = [one for one in commands if {"train", "train-classifier"} & set(one)]
    assert len(trainings) == 3
    assert all(one[one.index("--seed") + 1] == "7" for one in trainings)


def test_a_smaller_scale_reaches_the_trainings_that_know_one() -> None:
    scaled = [one for one in told("DATA=data", "OUT=out", "SCALE=reduced") if "--scale" in one]
    trained = [one[one.index("train") + 1] for one in scaled if "train" in one]
    assert trained == ["cyclist_encoder", "cyclist_detector"]
    place(scaled, "workshop.detector.paint")
    assert len(scaled) == 3
    assert all(one[one.index("--scale") + 1] == "reduced" for one in scaled)


def test_every_option_is_one_of_its_command() -> None:
    wide = {"COLUMNS": "300", "NO_COLOR": "1", "PATH": "/usr/bin:/bin"}
    for command in told("DATA=data", "OUT=out", "SEED=7", "SCALE=reduced"):
        asked = [word for word in command if word.startswith("--")]
        # What follows are files, or the model that `train` is given.
        words = command[: 2 if "adapt" in command else 3]
        said = subprocess.run(
            [*words, "--help"], cwd=ROOT, capture_output=True, text=True, check=True, env=wide
        ).stdout
        missing = [option for option in asked if option not in said]
        assert not missing, f"{' '.join(words)} knows no {', '.join(missing)}"


def test_without_folders_it_says_how_to_ask() -> None:
    made = subprocess.run(MAKE, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 2
    assert "name both folders: make -j2 -f workshop/retrain.mk DATA=DIR OUT=FOLDER" in made.stderr


@pytest.mark.parametrize("said", ["DATA=data", "OUT=out"])
def test_one_folder_is_not_enough(said: str) -> None:
    assert subprocess.run([*MAKE, said], cwd=ROOT, capture_output=True, check=False).returncode == 2
