"""Every objective trains as described, and what was trained comes back from disk."""

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("safetensors", reason="the laboratory needs safetensors")

import cv2  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

from reid.batches import ImageSampler  # noqa: E402
from reid.batches.transforms import TransformSettings  # noqa: E402
from reid.training.blackening import blacken, mean_iou, measure_masks, person_masks  # noqa: E402
from reid.training.description import TrainingDescription  # noqa: E402
from reid.training.embedding import embed_images  # noqa: E402
from reid.training.masks import MaskBatches, read_masks  # noqa: E402
from reid.training.session import TrainingSession, run_training  # noqa: E402
from reid.training.trained import load_trained  # noqa: E402
from tracking.errors import UsageError, WeightsError  # noqa: E402

OSNET = {"name": "osnet", "width": 0.25, "embedding_size": 16}
RESNET = {"backbone": "resnet18"}
PAIRS = {"kind": "pairs", "breadth": 4, "depth": 1, "same_share": 0.5, "pairs_per_batch": 4}
PK = {"identities_per_batch": 3, "images_per_identity": 2, "steps_per_epoch": 1}
TRIPLETS = {"kind": "triplets", "triplets_per_batch": 4, "steps_per_epoch": 1}
CLUSTERING = {"name": "clustering", "depth": 2, "width": 8, "embedding_size": 8}

OBJECTIVES: dict[str, dict[str, Any]] = {
    "batch": {"model": OSNET, "objective": {"kind": "batch", "losses": [{"name": "triplet_batch_all"}]}},
    "identification": {
        "model": OSNET | {"bnneck": True},
        "objective": {
            "kind": "batch",
            "losses": [{"name": "cross_entropy"}, {"name": "pairwise_batch_hard"}, {"name": "center"}],
        },
        "sampler": PK | {"kind": "single_camera"},
    },
    "pairs": {"model": {"name": "siamese", "pooled": True, **RESNET}, "objective": {"kind": "pairs"}},
    "verification": {
        "model": {"name": "verification", "embedding_size": 16, **RESNET},
        "objective": {"kind": "verification", "identification": True},
    },
    "triplets": {"model": OSNET, "objective": {"kind": "triplets"}},
    "lossless": {"model": OSNET, "objective": {"kind": "triplets", "lossless": True}},
}
SAMPLERS = {"pairs": PAIRS, "verification": PAIRS, "triplets": TRIPLETS, "lossless": TRIPLETS}


@pytest.fixture(scope="module")
def riders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four riders, each seen twice by two cameras, in the layout of Market-1501."""
    root, rng = tmp_path_factory.mktemp("market"), np.random.default_rng(0)
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        (root / folder).mkdir()
        for identity in range(1, 5):
            for camera in (1, 2):
                for frame in (1, 2):
                    image = rng.integers(0, 256, (32, 16, 3), np.uint8)
                    cv2.imwrite(str(root / folder / f"{identity:04d}_c{camera}s1_{frame:06d}_00.jpg"), image)
    return root


def describe(riders: Path, name: str = "batch", **changes: Any) -> TrainingDescription:
    torch.set_num_threads(1)
    return TrainingDescription.model_validate(
        {
            "data": {"layout": "market", "folder": riders},
            "sampler": SAMPLERS.get(name, PK),
            "transforms": {"size": [32, 32]},
            "training": {"epochs": 1, "threads": 1, "schedule": {"warmup_epochs": 0}},
        }
        | OBJECTIVES.get(name, {})
        | changes
    )


@pytest.mark.parametrize("name", list(OBJECTIVES))
def test_every_objective_trains_and_its_network_comes_back_from_disk(
    tmp_path: Path, riders: Path, name: str
) -> None:
    description = describe(riders, name)
    session = TrainingSession(description, tmp_path)
    before = {key: value.clone() for key, value in session.network.state_dict().items()}
    session.trainer.run()
    after = session.network.state_dict()
    weights = [key for key in before if key.endswith("weight") and "classifier" not in key]
    changed = sum(not torch.equal(before[key], after[key]) for key in weights)
    assert changed > 0.8 * len(weights), f"{changed} of {len(weights)} weights were trained"
    loaded = load_trained(session.save())
    paths = [crop.path for crop in session.dataset.crops]
    expected, found = (
        embed_images(network, paths, description.transforms) for network in (session.network, loaded.network)
    )
    np.testing.assert_array_equal(found, expected)
    assert (loaded.about.identities, loaded.about.images) == (4, 16)


def test_an_auto_encoder_first_then_the_clustering_network_behind_it(tmp_path: Path, riders: Path) -> None:
    first = describe(riders, model={"name": "cae"}, objective={"kind": "reconstruction"})
    weights = run_training(first, tmp_path / "cae")
    second = describe(
        riders,
        model=CLUSTERING,
        autoencoder={"name": "cae"},
        autoencoder_weights=weights,
        objective={"kind": "clustering", "refresh_batches": 1, "separation_margin": 1.0},
        training={"epochs": 2, "threads": 1, "schedule": {"warmup_epochs": 0}},
    )
    session = TrainingSession(second, tmp_path / "clustering")
    frozen = {key: value.clone() for key, value in session.network.autoencoder.state_dict().items()}
    kept = load_trained(weights).network.state_dict()
    assert all(torch.equal(frozen[key], kept[key]) for key in kept), "stage two starts from stage one"
    session.trainer.run()
    now = session.network.autoencoder.state_dict()
    assert all(torch.equal(frozen[key], now[key]) for key in frozen), "the auto-encoder is frozen"
    (state,) = (tmp_path / "clustering").glob("state-*.safetensors")
    assert int(load_file(state)["module.objective.clustering.epochs"]) == 2
    assert load_trained(session.save()).network.dimension == 8


def test_segmentation_learns_from_masks(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
    for number in range(6):
        mask = np.zeros((32, 16), np.uint8)
        mask[4 : 20 + number, 3 + number : 9 + number] = 1 + number
        image = rng.integers(0, 60, (32, 16, 3)) + 150 * (mask > 0)[:, :, None]
        cv2.imwrite(str(tmp_path / "images" / f"{number}.jpg"), image.astype(np.uint8))
        cv2.imwrite(str(tmp_path / "masks" / f"{number}.png"), mask)
    description = describe(
        tmp_path,
        data={"layout": "masks", "folder": tmp_path},
        model={"name": "segmentation", "depth": 9, "dropout": 0.0, "output_stride": 8},
        transforms={"size": [64, 32], "flip": 0.0},
        objective={"kind": "segmentation"},
        sampler={"kind": "images", "images_per_batch": 3},
        training={
            "epochs": 8,
            "threads": 1,
            "log_steps": 1,
            "schedule": {"name": "constant", "warmup_epochs": 0, "learning_rate": 3e-3},
        },
    )
    weights = run_training(description, tmp_path / "run")
    with (tmp_path / "run" / "curves.csv").open(newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    assert len(losses) == 16
    assert losses[-1] < 0.7 * losses[0], losses
    model, dataset = load_trained(weights), read_masks(tmp_path)
    assert model.about.images == 6
    overlap = measure_masks(model, dataset)
    assert overlap > 0.4, f"mean IoU {overlap:.3f}"
    blacken(model, tmp_path, dataset.images, tmp_path / "black")
    black = cv2.imread(str(tmp_path / "black" / "images" / "0.jpg"))
    kept = person_masks(model, dataset.images[:1])[0]
    assert black.shape == (64, 32, 3)
    assert float(black[~kept].mean()) < 20
    (tmp_path / "masks" / "3.png").unlink()
    with pytest.raises(UsageError, match=r"3\.png: is missing \(1 of 6 masks\)"):
        run_training(description, tmp_path / "again")


def test_mean_iou_by_hand() -> None:
    truth = np.zeros((1, 4, 4), bool)
    truth[:, :2] = True
    found = np.zeros((1, 4, 4), bool)
    found[:, :1] = True
    assert mean_iou(found, truth) == pytest.approx((4 / 8 + 8 / 12) / 2)
    assert mean_iou(~truth & truth, ~truth & truth) == 1.0


def test_only_a_segmentation_network_blackens(tmp_path: Path, riders: Path) -> None:
    weights = run_training(describe(riders, "batch"), tmp_path)
    with pytest.raises(UsageError, match="segmentation network is needed, not osnet"):
        person_masks(load_trained(weights), [])


def test_image_and_mask_are_mirrored_together(tmp_path: Path) -> None:
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
        for number in range(8):
            half = np.zeros((32, 16), np.uint8)
            half[:, :8] = 255
            cv2.imwrite(str(tmp_path / part / f"{number}.png"), half)
    transforms = TransformSettings(size=(32, 16), erasing=None)
    source = MaskBatches(read_masks(tmp_path), ImageSampler(8, 8), transforms, seed=2)
    (batch,) = source.batches(1)
    bright = batch.images[:, :1] > 0
    assert torch.equal(bright, batch.targets > 0.5)
    mirrored = int((batch.targets[:, 0, 0, 0] == 0).sum())
    assert 0 < mirrored < 8, f"{mirrored} of 8 are mirrored"


def test_end_to_end_trains_the_auto_encoder_too(tmp_path: Path, riders: Path) -> None:
    description = describe(
        riders, model=CLUSTERING, autoencoder={}, end_to_end=True, objective={"kind": "clustering"}
    )
    session = TrainingSession(description, tmp_path)
    before = session.network.autoencoder.encoder[0].weight.detach().clone()
    session.trainer.run()
    assert not torch.equal(before, session.network.autoencoder.encoder[0].weight)
    assert "reconstruction" in (tmp_path / "curves.csv").read_text()


def test_a_second_round_learns_from_hard_negatives(tmp_path: Path, riders: Path) -> None:
    weights = run_training(describe(riders, "triplets", rounds=2), tmp_path)
    assert weights == tmp_path / "round-2" / "weights.safetensors"
    first, second = (load_trained(tmp_path / f"round-{n}").network.state_dict() for n in (1, 2))
    assert any(not torch.equal(first[key], second[key]) for key in first)


def test_fine_tuning_takes_everything_but_a_classifier_of_other_riders(tmp_path: Path, riders: Path) -> None:
    start = run_training(describe(riders, "identification"), tmp_path / "first")
    fewer = {"layout": "market", "folder": riders, "identities": [0, 3]}
    session = TrainingSession(
        describe(riders, "identification", data=fewer, initial_weights=start), tmp_path / "second"
    )
    trained, tuned = load_trained(start).network.state_dict(), session.network.state_dict()
    assert tuned["classifier.weight"].shape[0] == 3
    assert all(torch.equal(trained[key], tuned[key]) for key in tuned if not key.startswith("classifier."))


@pytest.mark.parametrize("identification", [False, True])
def test_verification_has_a_classifier_of_the_riders_where_it_is_asked_for(
    tmp_path: Path, riders: Path, identification: bool
) -> None:
    objective = {"kind": "verification", "identification": identification}
    classifier = TrainingSession(
        describe(riders, "verification", objective=objective), tmp_path
    ).network.classifier
    assert (classifier is not None) == identification
    assert classifier is None or classifier.out_features == 4


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_classifier_of_as_many_other_riders_is_not_taken_over(
    tmp_path: Path, riders: Path, elsewhere: bool
) -> None:
    start = run_training(describe(riders, "identification"), tmp_path / "first")
    others = Path(shutil.copytree(riders, tmp_path / "elsewhere")) if elsewhere else riders
    session = TrainingSession(describe(others, "identification", initial_weights=start), tmp_path / "second")
    trained, tuned = load_trained(start).network.state_dict(), session.network.state_dict()
    assert torch.equal(trained["encoder.projection.0.weight"], tuned["encoder.projection.0.weight"])
    assert torch.equal(trained["classifier.weight"], tuned["classifier.weight"]) is not elsewhere


def test_adaptation_trains_on_clusters_and_never_on_labels(tmp_path: Path, riders: Path) -> None:
    start = run_training(describe(riders, "batch"), tmp_path / "first")
    few = {"rounds": 2, "clusters": 4, "similarity": -1.0}
    sampler = PK | {"identities_per_batch": 2}
    adapted = describe(riders, "batch", initial_weights=start, adaptation=few, sampler=sampler)
    weights = run_training(adapted, tmp_path / "adapted")
    assert weights == tmp_path / "adapted" / "round-2" / "weights.safetensors"
    assert 2 <= load_trained(weights).about.identities <= 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objective": {"kind": "segmentation"}, "sampler": {"kind": "images"}}, "layout masks belongs to"),
        ({"adaptation": {}}, "adaptation needs initial_weights"),
        ({"sampler": PAIRS}, "objective batch needs sampler.kind .*identities or single_camera, not pairs"),
        ({"model": {"name": "cae"}}, "objective batch cannot train model cae"),
        ({"model": CLUSTERING, "objective": {"kind": "clustering"}}, "autoencoder belongs to"),
        ({"end_to_end": True}, "belong to model clustering only"),
        ({"rounds": 2}, "objective triplets only"),
        ({"objective": {"kind": "batch", "losses": []}}, "at least 1 item"),
    ],
)
def test_parts_that_do_not_fit_are_refused(riders: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        describe(riders, **changes)


def test_data_that_do_not_fit_are_refused(tmp_path: Path, riders: Path) -> None:
    with pytest.raises(UsageError, match="num_classes: is 7, but the training images show 4"):
        TrainingSession(describe(riders, "identification", model=OSNET | {"num_classes": 7}), tmp_path)
    nobody = {"layout": "market", "folder": riders, "identities": [9, 12]}
    with pytest.raises(UsageError, match=r"data.identities: \[9, 12\] leaves none"):
        TrainingSession(describe(riders, data=nobody), tmp_path)
    with pytest.raises(WeightsError, match="no such file"):
        TrainingSession(describe(riders, initial_weights=tmp_path / "none.safetensors"), tmp_path)


def test_weights_of_another_origin_are_refused(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "weights.safetensors")
    with pytest.raises(WeightsError, match="does not say which network"):
        load_trained(tmp_path)
