"""A training that is killed goes on as if nothing had happened."""

import csv
import json
import multiprocessing
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("safetensors", reason="the laboratory needs safetensors")

from safetensors.torch import load_file  # noqa: E402

from reid.training import Trainer  # noqa: E402
from tests.reid.training.tiny import (  # noqa: E402
    Centres,
    TinyNetwork,
    make_source,
    tiny_settings,
    train,
    write_riders,
)
from tracking.errors import UsageError  # noqa: E402

KILLS = 5
SLOWED_S = 0.06


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def start(images: Path, folder: Path) -> multiprocessing.process.BaseProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.reid.training.tiny"])
    process = context.Process(target=train, args=(images, folder, SLOWED_S))
    process.start()
    return process


def wait_until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "the training did not get going"
        time.sleep(0.01)


def saved_steps(folder: Path) -> int:
    try:
        return int(json.loads((folder / "state.json").read_text())["total_steps"])
    except FileNotFoundError:
        return -1


def final_tensors(folder: Path) -> dict[str, torch.Tensor]:
    state = json.loads((folder / "state.json").read_text())
    return load_file(folder / state["tensors"])


def curves(folder: Path) -> list[dict[str, str]]:
    with (folder / "curves.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "images_per_s"} for row in csv.DictReader(file)]


def test_five_kills_at_random_moments_leave_the_weights_of_an_uninterrupted_run(tmp_path: Path) -> None:
    images, straight, killed = tmp_path / "images", tmp_path / "straight", tmp_path / "killed"
    train(images, straight)
    rng, stops = random.Random(7), []
    for _ in range(KILLS):
        process = start(images, killed)
        before = saved_steps(killed)
        wait_until(lambda before=before: saved_steps(killed) > before)
        time.sleep(rng.uniform(0.0, 0.15))
        assert process.is_alive(), f"the training was over before kill {len(stops) + 1}, after {stops}"
        process.kill()
        process.join()
        assert process.exitcode == -9
        stops.append(saved_steps(killed))
    assert len(set(stops)) == KILLS, f"saved steps at the kills: {stops}"
    train(images, killed)

    expected, found = final_tensors(straight), final_tensors(killed)
    assert expected.keys() == found.keys()
    different = [name for name in expected if not torch.equal(expected[name], found[name])]
    assert not different, f"after kills at steps {stops} these differ: {different}"
    assert curves(killed) == curves(straight)
    assert [path.name for path in killed.glob("state-*")] == ["state-000000040.safetensors"]


def test_a_finished_training_is_not_trained_further(tmp_path: Path) -> None:
    train(tmp_path / "images", tmp_path / "run")
    before = final_tensors(tmp_path / "run")
    train(tmp_path / "images", tmp_path / "run")
    after = final_tensors(tmp_path / "run")
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_same_seed_gives_the_same_weights_and_workers_change_nothing(tmp_path: Path) -> None:
    dataset = write_riders(tmp_path / "images")
    weights = []
    for number, (seed, workers) in enumerate([(3, 0), (3, 2), (4, 0)]):
        torch.manual_seed(11)
        folder = tmp_path / str(number)
        settings = tiny_settings(epochs=1, seed=seed)
        Trainer(TinyNetwork(), Centres(), make_source(dataset, seed, workers), settings, folder).run()
        weights.append(final_tensors(folder)["module.network.project.2.weight"])
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("change", "words"),
    [("settings", r"other settings \(training\)"), ("images", "other images"), ("file", "no state of a")],
)
def test_a_state_of_another_training_is_refused(tmp_path: Path, change: str, words: str) -> None:
    dataset, folder = write_riders(tmp_path / "images"), tmp_path / "run"
    settings = tiny_settings(epochs=1)
    Trainer(TinyNetwork(), Centres(), make_source(dataset), settings, folder).run()
    if change == "settings":
        settings = tiny_settings(epochs=2)
    if change == "images":
        dataset = write_riders(tmp_path / "images", images=5)
    if change == "file":
        (folder / "state.json").write_text("{}")
    with pytest.raises(UsageError, match=words):
        Trainer(TinyNetwork(), Centres(), make_source(dataset), settings, folder).run()


def test_a_state_without_its_tensors_is_refused(tmp_path: Path) -> None:
    dataset, folder = write_riders(tmp_path / "images"), tmp_path / "run"
    trainer = Trainer(TinyNetwork(), Centres(), make_source(dataset), tiny_settings(epochs=1), folder)
    trainer.run()
    for path in folder.glob("*.safetensors"):
        path.write_bytes(b"torn")
    with pytest.raises(UsageError, match="delete the folder"):
        trainer.run()
