"""Segmentation, and other networks on what it leaves of the pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("safetensors", reason="the laboratory needs safetensors")

from reid.batches.transforms import TransformSettings  # noqa: E402
from reid.experiments import Experiment, Scale, Task, run_experiment  # noqa: E402
from reid.experiments.blackened import blackened_copy  # noqa: E402
from reid.experiments.measures import Measure  # noqa: E402
from reid.models import build_model, model_settings  # noqa: E402
from reid.training.reconstructing import reconstruction_error  # noqa: E402
from reid.training.trained import LoadedModel, TrainedModel  # noqa: E402
from tracking.errors import UsageError  # noqa: E402

SIZE = (32, 32)


def untrained(name: str, **options: object) -> LoadedModel:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    settings = model_settings(name, **options)
    about = TrainedModel(
        model=settings,
        transforms=TransformSettings(size=SIZE),
        data="nothing",
        identities=0,
        images=0,
        seed=0,
    )
    return LoadedModel(build_model(settings).eval(), about)


def upper_half(share: float = 0.5) -> LoadedModel:
    """A segmentation network that takes the upper part of any picture for the person."""
    model = untrained("segmentation", depth=9)

    class Upper(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            logits = torch.full((len(images), 1, *SIZE), -9.0)
            logits[:, :, : round(share * SIZE[0])] = 9.0
            return logits

    return LoadedModel(Upper(), model.about)


def write_pictures(folder: Path, names: list[str]) -> None:
    rng = np.random.default_rng(0)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), rng.integers(60, 255, (48, 24, 3)).astype(np.uint8))


@pytest.fixture
def riders(tmp_path: Path) -> Path:
    """Six riders before two cameras, in the layout of Market-1501, with a table beside."""
    people = {"bounding_box_train": range(1, 4), "query": range(4, 7), "bounding_box_test": range(4, 7)}
    names = [
        f"{part}/{who:04d}_c{camera}s1_{frame:06d}_00.jpg"
        for part, whom in people.items()
        for who in whom
        for camera, frame in ((1, 1), (2, 2))
    ]
    write_pictures(tmp_path / "data" / "riders", names)
    (tmp_path / "data" / "riders" / "notes.csv").write_text("kept\n")
    return tmp_path / "data" / "riders"


def test_a_copy_has_the_same_names_and_tables_and_black_where_nobody_is(riders: Path, tmp_path: Path) -> None:
    copy = blackened_copy(upper_half(), riders, tmp_path / "black")
    assert {p.relative_to(copy) for p in copy.rglob("*")} == {
        p.relative_to(riders) for p in riders.rglob("*")
    }
    assert (copy / "notes.csv").read_text() == "kept\n"
    image = cv2.imread(str(next((copy / "query").iterdir())))
    assert image.shape[:2] == SIZE
    assert image[:15].mean() > 60
    assert image[17:].max() < 40


def test_a_copy_that_is_there_stays_and_an_interrupted_one_is_made_anew(riders: Path, tmp_path: Path) -> None:
    (tmp_path / "black.making").mkdir()
    (tmp_path / "black.making" / "half.jpg").write_text("")
    copy = blackened_copy(upper_half(), riders, tmp_path / "black")
    assert not (copy / "half.jpg").exists()
    (copy / "mark").touch()
    assert blackened_copy(upper_half(), riders, tmp_path / "black") == copy
    assert (copy / "mark").exists()


def test_reconstruction_is_measured_in_deviations_of_the_input(riders: Path) -> None:
    model = untrained("cae")
    with torch.no_grad():
        for weights in model.network.decoder[-2].parameters():
            weights.zero_()
    paths = sorted((riders / "query").iterdir())
    pixels = np.stack([cv2.resize(cv2.imread(str(path)), SIZE[::-1]) for path in paths])[..., ::-1] / 255
    settings = model.about.transforms
    expected = np.abs((pixels - settings.mean) / settings.std).mean()
    assert reconstruction_error(model, paths) == pytest.approx(expected, rel=0.1)
    with pytest.raises(UsageError, match="auto-encoder is needed"):
        reconstruction_error(untrained("segmentation", depth=9), paths)


def test_an_auto_encoder_embeds_its_hidden_layer() -> None:
    network = untrained("cae").network
    images = torch.randn(2, 3, *SIZE)
    rows = network.embed(images)
    assert rows.shape == (2, 512)
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(2))
    torch.testing.assert_close(network(images).embedding, network(images).latent.flatten(1))


TINY = {"epochs": 1, "threads": 1, "schedule": {"name": "constant", "warmup_epochs": 0}}
EXPERIMENT = {
    "title": "Raw and segmented",
    "source": "a test",
    "columns": ["mean_iou", "rank1", "map"],
    "training": {
        "model": {"name": "segmentation", "depth": 9},
        "objective": {"kind": "segmentation"},
        "sampler": {"kind": "images", "images_per_batch": 4},
        "transforms": {"size": [32, 32], "erasing": None},
        "training": TINY,
    },
    "evaluation": {"kind": "masks", "folder": "people"},
    "smoke": {"imagenet": False},
    "full": {},
    "variants": [
        {"name": "r9", "title": "segmentation", "train_on": "people"},
        {
            "name": "segmented",
            "title": "on what it leaves",
            "train_on": "riders",
            "blacken_with": "r9",
            "set": {
                "model": {"name": "osnet", "width": 0.25, "embedding_size": 8},
                "objective": {"kind": "batch", "losses": [{"name": "triplet_batch_all"}]},
                "sampler": {"identities_per_batch": 3, "images_per_identity": 2, "steps_per_epoch": 1},
            },
            "evaluate": {"kind": "embeddings", "folder": "riders"},
        },
    ],
}


def test_a_row_can_learn_and_be_measured_on_segmented_pictures(riders: Path, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    for part in ("images", "masks"):
        suffix = "jpg" if part == "images" else "png"
        write_pictures(tmp_path / "data" / "people" / part, [f"{number}.{suffix}" for number in range(6)])
    experiment = Experiment.model_validate(EXPERIMENT)
    task = Task(experiment, Scale.SMOKE, tmp_path / "data", 1, tmp_path / "out", keep_weights=True)
    found = run_experiment(task)
    (mask,), (row,) = found["r9"], found["segmented"]
    assert 0 <= mask.values[Measure.MEAN_IOU] <= 1
    assert set(row.values) == {Measure.RANK1, Measure.MEAN_AVERAGE_PRECISION}
    copies = list((tmp_path / "out" / "r9" / "seed-0" / "blackened").rglob("*.jpg"))
    assert len(copies) == len(list(riders.rglob("*.jpg")))
    again = run_experiment(Task(experiment, Scale.SMOKE, tmp_path / "data", 1, tmp_path / "out"))
    assert again == found
    assert not list((tmp_path / "out").rglob("*.jpg")), "segmented pictures stay with the weights only"
