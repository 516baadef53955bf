"""Network, training and export together, on a tiny world."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tracking.detectors import DetectorSettings, build_detector
from tracking.errors import DeviceError, UsageError, WeightsError
from tracking.values import ObjectClass
from workshop.detector.learning.augmentation import AugmentationSettings
from workshop.detector.learning.batches import Batches
from workshop.detector.learning.export import export_detector
from workshop.detector.learning.network import CyclistNetwork
from workshop.detector.learning.parts import CompositionSettings, Source
from workshop.detector.learning.samples import LabelledImage
from workshop.detector.learning.settings import OptimisationSettings
from workshop.detector.learning.trainer import Progress, Trainer

COMPOSITION = CompositionSettings(size=(96, 128), heights_px=(30, 60), quarters=0, halves=0, pasted=0)


def batches(street: LabelledImage, seed: int = 0, size: int = 4) -> Batches:
    return Batches([Source([street], 1.0)], [], COMPOSITION, AugmentationSettings(), size=size, seed=seed)


def network(frozen_blocks: int = 2) -> CyclistNetwork:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return CyclistNetwork(channels=16, frozen_blocks=frozen_blocks)


def settings(**changes: object) -> OptimisationSettings:
    given = {"steps": 4, "batch": 4, "warm_up": 1, "checkpoint_steps": 2, "precision": "fp32", **changes}
    return OptimisationSettings.model_validate(given)


def test_the_answer_has_a_cell_for_every_four_pixels() -> None:
    logits, edges = network().eval()(torch.rand(2, 3, 64, 96))
    assert logits.shape == (2, 2, 16, 24)
    assert edges.shape == (2, 4, 16, 24)
    assert float(torch.sigmoid(logits).detach().max()) < 0.2, "an untrained network expects nothing"


def test_frozen_blocks_do_not_learn(street: LabelledImage, tmp_path: Path) -> None:
    trained = network()
    before = {name: value.clone() for name, value in trained.backbone.state_dict().items()}
    Trainer(trained, batches(street), settings(), tmp_path).run()
    changed = {
        name for name, value in trained.backbone.state_dict().items() if not torch.equal(value, before[name])
    }
    assert changed
    assert not any(name.startswith(("0.", "1.")) for name in changed)


def test_frozen_blocks_see_the_same_one_picture_after_another() -> None:
    pictures = torch.rand(3, 3, 64, 96)
    wanted = network(0).train()(pictures)
    for frozen in (2, 4, 18):
        for found, expected in zip(network(frozen).train()(pictures), wanted, strict=True):
            torch.testing.assert_close(found, expected)


def test_learning_lowers_the_cost(street: LabelledImage, tmp_path: Path) -> None:
    costs: list[Progress] = []
    fast = settings(steps=60, warm_up=5, learning_rate=1e-2, backbone_rate=1.0)
    Trainer(network(0), batches(street), fast, tmp_path).run(costs.append)
    first = np.mean([p.score_cost + p.box_cost for p in costs[:5]])
    last = np.mean([p.score_cost + p.box_cost for p in costs[-5:]])
    assert last < 0.7 * first, f"{first} to {last}"
    assert [p.step for p in costs] == list(range(1, 61))


def test_an_interrupted_training_ends_with_the_same_weights(street: LabelledImage, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.step == 3:
            raise KeyboardInterrupt

    whole = Trainer(network(), batches(street), settings(), tmp_path / "whole").run()
    with pytest.raises(KeyboardInterrupt):
        Trainer(network(), batches(street), settings(), tmp_path / "cut").run(stop)
    steps: list[int] = []
    resumed = Trainer(network(), batches(street), settings(), tmp_path / "cut").run(
        lambda p: steps.append(p.step)
    )
    assert steps == [3, 4], "the last saved state was that of step 2"
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_state_of_another_training_is_refused(street: LabelledImage, tmp_path: Path) -> None:
    Trainer(network(), batches(street), settings(), tmp_path).run()
    with pytest.raises(UsageError, match="other settings"):
        Trainer(network(), batches(street), settings(steps=8), tmp_path).run()


def test_a_damaged_state_is_refused(street: LabelledImage, tmp_path: Path) -> None:
    (tmp_path / "state.pt").write_bytes(b"damaged")
    with pytest.raises(UsageError, match="damaged"):
        Trainer(network(), batches(street), settings(), tmp_path).run()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_cuda_is_not_replaced_by_the_processor(street: LabelledImage, tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="cuda was asked for"):
        Trainer(network(), batches(street), settings(device="cuda"), tmp_path)


def test_batches_of_a_step_do_not_depend_on_where_one_begins(street: LabelledImage) -> None:
    drawn = batches(street)
    later = next(iter(drawn.from_step(3, 4)))
    _, _, _, fourth = drawn.from_step(0, 4)
    assert torch.equal(later[0], fourth[0])
    assert torch.equal(later[1].heat, fourth[1].heat)


def test_the_exported_file_is_read_as_a_detector_of_cyclists(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    trained = network()
    with torch.no_grad():
        trained.scores.bias[0] = 5.0
    path = export_detector(trained, tmp_path / "d.onnx", (96, 128))
    detector = build_detector(DetectorSettings(name="onnx", weights=path, second_look=False))
    noise = np.random.default_rng(0).integers(0, 255, (90, 128, 3), dtype=np.uint8)
    wide = cv2.resize(noise, (200, 80))
    for image in (noise, wide):
        (found,) = detector.detect([image])
        assert len(found)
        assert set(found.class_id) == {int(ObjectClass.CYCLIST)}
        assert (found.xyxy >= 0).all()
        assert (found.xyxy[:, 2] <= image.shape[1]).all()


def test_the_exported_file_answers_with_every_score_and_box_of_the_network(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    trained = network()
    path = export_detector(trained, tmp_path / "d.onnx", (64, 96))
    images = torch.rand(2, 3, 96, 64)
    (answer,) = onnxruntime.InferenceSession(str(path)).run(None, {"images": images.numpy()})
    with torch.no_grad():
        logits, edges = trained.eval()(images)
    assert answer.shape == (2, 6, 24 * 16)
    # All of it, or half beside a higher one; which of two that are all but equal, rounding decides.
    share = answer[:, 4:] / torch.sigmoid(logits).flatten(2).numpy()
    assert np.minimum(np.abs(share - 1), np.abs(share - 0.5)).max() < 1e-3
    sides = (edges[:, 0] + edges[:, 2]).numpy().reshape(2, -1)
    np.testing.assert_allclose(answer[:, 2], sides, rtol=1e-3)


class Abreast(torch.nn.Module):
    """Answers with one hump of scores, whose cells have boxes of a rider, of a guess, of one abreast."""

    smooth = head = torch.nn.Sequential()
    cells = (
        (10, 0.80, (20, 10, 60, 50)),
        (11, 0.75, (20, 14, 60, 54)),  # overlaps the first by 0.82
        (12, 0.70, (36, 10, 76, 50)),  # by 0.43
    )

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        ones = torch.ones_like(images[:, :1, ::4, ::4])
        row, column = ones.cumsum(2) - 1, ones.cumsum(3) - 1
        logits, edges = torch.cat([ones, ones], 1) * -9, torch.cat([ones] * 4, 1)
        for place, score, (left, top, right, bottom) in self.cells:
            here = ((row == 8) & (column == place)).float()
            logits = logits + here * torch.tensor([9 + np.log(score / (1 - score)), 0.0]).view(1, 2, 1, 1)
            x, y = 4 * place + 2, 34
            sides = torch.tensor([x - left, y - top, right - x, bottom - y]) - 1.0
            edges = edges + here * sides.view(1, 4, 1, 1)
        return logits, edges


@pytest.mark.parametrize(("asked", "scores"), [(None, [0.8, 0.35]), (0.9, [0.8, 0.375, 0.35]), (0.4, [0.8])])
def test_riders_abreast_in_one_hump_of_scores_are_two_until_their_boxes_are_one(
    asked: float | None, scores: list[float], tmp_path: Path
) -> None:
    """The file itself says from which overlap on they are; beside a higher score half of one is told."""
    pytest.importorskip("onnx")
    path = export_detector(Abreast(), tmp_path / "d.onnx", (64, 96))
    detector = build_detector(DetectorSettings(name=str(path), second_look=False, nms_iou=asked))
    (seen,) = detector.detect([np.zeros((64, 96, 3), np.uint8)])
    assert seen.score.tolist() == pytest.approx(scores, abs=1e-4)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.write_bytes(b"nothing"), "not a file of plain tensors"),
        (lambda path: torch.save({"a": torch.zeros(3)}, path), "not those of torchvision's MobileNetV2"),
    ],
)
def test_wrong_imagenet_weights_are_refused(write: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    write(path)  # type: ignore[operator]
    with pytest.raises(WeightsError, match=message):
        network().load_backbone(path)


def test_imagenet_weights_are_taken_in_order_and_folded(tmp_path: Path) -> None:
    import torchvision

    torch.manual_seed(1)
    original = torchvision.models.mobilenet_v2(weights=None).eval()
    for module in original.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    torch.save(dict(original.features.state_dict()), tmp_path / "w.pt")
    folded = network()
    folded.load_backbone(tmp_path / "w.pt")
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(
            folded.backbone(image), original.features[:18](image), atol=1e-4, rtol=1e-3
        )


def test_the_rate_rises_again_after_a_restart(street: LabelledImage, tmp_path: Path) -> None:
    rates: list[float] = []
    given = settings(steps=40, warm_up=4, restarts=[20], restart_rate=0.5, learning_rate=1e-3)
    trainer = Trainer(network(), batches(street, size=1), given, tmp_path)
    trainer.run(lambda _: rates.append(trainer.learning_rate))
    assert max(rates) == pytest.approx(1e-3)
    assert rates[19] < 0.05 * 1e-3
    assert max(rates[20:]) == pytest.approx(0.5e-3)
    assert rates[-1] < 0.05 * 1e-3
