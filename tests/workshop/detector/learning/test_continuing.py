"""A trained detector is read back from its file and learns on."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training the detector needs the extra lab")
pytest.importorskip("torchvision", reason="training the detector needs the extra lab")
onnx = pytest.importorskip("onnx", reason="training the detector needs the extra lab")

from tests.pipeline.registry.networks import colour_finder  # noqa: E402
from tracking.detectors.onnx import open_session  # noqa: E402
from tracking.errors import WeightsError  # noqa: E402
from workshop.detector.learning.continuing import continued, mixed_with  # noqa: E402
from workshop.detector.learning.export import export_detector  # noqa: E402
from workshop.detector.learning.network import CyclistNetwork  # noqa: E402

SHIPPED = Path(__file__).parents[4] / "pipeline" / "registry" / "shipped" / "cyclist_detector.onnx"


def answer(path: Path) -> np.ndarray:
    blob = np.random.default_rng(9).random((1, 3, 64, 96), np.float32)
    return np.asarray(open_session(path, threads=1).run(None, {"images": blob})[0])


def with_its_coarsest_level(folder: Path) -> Path:
    torch.manual_seed(4)
    network = CyclistNetwork(channels=8, head_blocks=1)
    for parameter in network.parameters():  # As trained: the exporter stores equal tensors once.
        torch.nn.init.normal_(parameter, std=0.05)
    return export_detector(network, folder / "net.onnx", (64, 96))


@pytest.mark.parametrize("shipped", [True, False], ids=["as shipped", "with its coarsest level"])
def test_read_and_written_again_it_answers_to_the_last_bit(tmp_path: Path, shipped: bool) -> None:
    path = SHIPPED if shipped else with_its_coarsest_level(tmp_path)
    again = export_detector(continued(path), tmp_path / "again.onnx", (64, 96))
    before, after = answer(path), answer(again)
    assert before[:, 4:].any()
    np.testing.assert_array_equal(after, before)


def test_what_was_read_can_learn() -> None:
    network = continued(SHIPPED, frozen_blocks=4)
    known, fresh = network.trained_parameters()
    logits, edges = network.train()(torch.rand(2, 3, 64, 96))
    (logits.sum() + edges.sum()).backward()
    assert all(parameter.grad is not None for parameter in [*known, *fresh])
    assert all(p.grad is None for block in network.backbone[:4] for p in block.parameters())


def test_other_files_cannot_learn_on(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    cases = {
        "no such file": tmp_path / "none.onnx",
        "not an ONNX model": tmp_path / "text.onnx",
        "can be a teacher": colour_finder(tmp_path / "other.onnx"),
    }
    for sentence, path in cases.items():
        with pytest.raises(WeightsError, match=sentence):
            continued(path)


def test_a_mean_of_both_lies_between_where_it_started_and_where_it_came_to() -> None:
    start, trained = continued(SHIPPED), continued(SHIPPED)
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter.add_(1.0)
    for name, value in mixed_with(trained, start, 0.25).state_dict().items():
        torch.testing.assert_close(value, start.state_dict()[name] + 0.75)
