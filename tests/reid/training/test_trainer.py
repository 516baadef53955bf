"""The training loop: it learns, it notices what goes wrong, and it keeps the last good state."""

import csv
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("safetensors", reason="the laboratory needs safetensors")

from safetensors.torch import load_file  # noqa: E402

from reid.training import Batch, Costs, OptimizerSettings, Progress, Trainer, TrainingError  # noqa: E402
from reid.training.settings import OptimizerName  # noqa: E402
from tests.reid.training.tiny import Centres, TinyNetwork, make_source, tiny_settings, write_riders  # noqa: E402
from tracking.errors import DeviceError, UsageError  # noqa: E402


@pytest.fixture(autouse=True)
def _steady() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(11)


def rows(folder: Path) -> list[dict[str, float]]:
    with (folder / "curves.csv").open(newline="") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def test_riders_in_different_colours_are_learned_apart(tmp_path: Path) -> None:
    source = make_source(write_riders(tmp_path / "images"))
    epochs: list[int] = []
    Trainer(TinyNetwork(), Centres(), source, tiny_settings(), tmp_path / "run").run(on_epoch=epochs.append)
    curve = rows(tmp_path / "run")
    assert epochs == list(range(1, 9))
    assert curve[-1]["loss"] < 0.6 * curve[0]["loss"], [row["loss"] for row in curve]
    assert curve[-1]["between"] > curve[-1]["within"]
    assert [row["learning_rate"] for row in curve[:5:4]] == [5e-3, 1e-2]


@pytest.mark.parametrize(
    "name", ["adam", "adamw", "sgd", "adagrad", "adadelta", "rmsprop", "adamax", "nadam"]
)
def test_every_optimiser_changes_network_and_centres(tmp_path: Path, name: OptimizerName) -> None:
    source, network, objective = make_source(write_riders(tmp_path / "images")), TinyNetwork(), Centres()
    before = [p.detach().clone() for p in (*network.parameters(), *objective.parameters())]
    settings = tiny_settings(epochs=1, optimizer=OptimizerSettings(name=name))
    trainer = Trainer(network, objective, source, settings, tmp_path / "run")
    trainer.run()
    after = [*network.parameters(), *objective.parameters()]
    assert all(not torch.equal(old, new) for old, new in zip(before, after, strict=True))
    trainer.run()  # Its state can be restored too.


def test_frozen_layers_stay(tmp_path: Path) -> None:
    source, network = make_source(write_riders(tmp_path / "images")), TinyNetwork()
    network.body[0].requires_grad_(False)
    frozen, free = network.body[0].weight.detach().clone(), network.project[2].weight.detach().clone()
    Trainer(network, Centres(), source, tiny_settings(epochs=1), tmp_path / "run").run()
    assert torch.equal(network.body[0].weight, frozen)
    assert not torch.equal(network.project[2].weight, free)


def test_half_precision_learns_and_keeps_losses_whole(tmp_path: Path) -> None:
    source = make_source(write_riders(tmp_path / "images"))
    objective = Centres()
    kinds = set()

    def watched(network: torch.nn.Module, batch: Batch) -> Costs:
        kinds.add(network(batch.images).dtype)
        return objective(network, batch)

    Trainer(TinyNetwork(), watched, source, tiny_settings(epochs=2, precision="bf16"), tmp_path / "run").run()
    assert kinds == {torch.bfloat16}
    assert all(row["loss"] < 10 for row in rows(tmp_path / "run"))


class Exploding:
    """An objective whose loss, or whose gradient, is not a number from some step on."""

    def __init__(self, step: int, what: str) -> None:
        self.step, self.what, self.seen = step, what, 0

    def __call__(self, network: torch.nn.Module, batch: Batch) -> Costs:
        self.seen += 1
        embedding = network(batch.images)
        loss = embedding.square().mean()
        if self.seen == self.step:
            loss = loss * float("nan") if self.what == "loss" else (loss * 0.0).sqrt() + loss
        return Costs(loss, (), embedding)


@pytest.mark.parametrize("what", ["loss", "gradient"])
def test_a_loss_that_is_not_finite_stops_and_leaves_the_last_good_state(tmp_path: Path, what: str) -> None:
    source, folder = make_source(write_riders(tmp_path / "images")), tmp_path / "run"
    trainer = Trainer(TinyNetwork(), Exploding(8, what), source, tiny_settings(), folder)
    with pytest.raises(
        TrainingError, match=rf"the {what} is not finite in epoch 2, batch 3 of 5 \(images 0.*png"
    ):
        trainer.run()
    kept = load_file(folder / "state-000000006.safetensors")
    assert all(bool(torch.isfinite(value.float()).all()) for value in kept.values())


def test_embeddings_at_one_point_are_reported_and_can_stop_the_training(tmp_path: Path) -> None:
    source, warnings = make_source(write_riders(tmp_path / "images")), []

    def to_one_point(network: torch.nn.Module, batch: Batch) -> Costs:
        embedding = network(batch.images) * 1e-6 + 1.0
        return Costs(embedding.square().mean(), (), embedding)

    def note(progress: Progress) -> None:
        warnings.append(progress.warning)

    Trainer(TinyNetwork(), to_one_point, source, tiny_settings(epochs=1), tmp_path / "a").run(note)
    assert warnings[:2] == ["", ""]
    assert "one point" in warnings[-1]
    stopping = tiny_settings(epochs=2, on_collapse="stop")
    with pytest.raises(TrainingError, match="collapsed in epoch 1: embeddings lie at one point"):
        Trainer(TinyNetwork(), to_one_point, source, stopping, tmp_path / "b").run()


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    dataset = write_riders(tmp_path / "images")
    for crop in dataset.crops:
        crop.path.write_bytes(b"no image")
    trainer = Trainer(TinyNetwork(), Centres(), make_source(dataset), tiny_settings(), tmp_path / "run")
    with pytest.raises(UsageError, match=r"\d{4}_\d.png: the image cannot be read"):
        trainer.run()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_is_refused_where_there_is_none(tmp_path: Path) -> None:
    source = make_source(write_riders(tmp_path / "images"))
    with pytest.raises(DeviceError, match="set device: cpu"):
        Trainer(TinyNetwork(), Centres(), source, tiny_settings(device="cuda"), tmp_path / "run")
