"""An exported network does what the trained one does, and the pipeline's encoders take it as it is."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("onnxscript", reason="the laboratory needs onnxscript")

from torch import nn  # noqa: E402

from reid.batches.transforms import BlurSettings, TransformSettings  # noqa: E402
from reid.encoders import EncoderSettings, build_encoder  # noqa: E402
from reid.export import (  # noqa: E402
    ExportError,
    LaboratoryEncoder,
    ThresholdRecord,
    export_network,
    exported_before,
    read_threshold,
    write_card,
    write_threshold,
)
from reid.models import model_settings  # noqa: E402
from reid.models.base import ReidNetwork  # noqa: E402
from reid.training.trained import LoadedModel, TrainedModel  # noqa: E402
from tracking.errors import UsageError, WeightsError  # noqa: E402

SIZE = (32, 16)
RECORD = ThresholdRecord(
    threshold=0.71, precision=0.9, recall=0.8, data="riders", riders=10, report_riders=12
)


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    encoder = nn.Sequential(
        nn.Conv2d(3, 12, 3, stride=2), nn.BatchNorm2d(12), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    about = TrainedModel(
        model=model_settings("bot"),
        transforms=TransformSettings(size=SIZE, mean=(0.5, 0.4, 0.3), blur=BlurSettings()),
        data="/somewhere/riders",
        identities=5,
        images=60,
        seed=0,
    )
    return LoadedModel(ReidNetwork(encoder, 12, bnneck=True, num_classes=5).eval(), about)


@pytest.fixture
def crops() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, shape, np.uint8) for shape in ((64, 30, 3), (20, 11, 3), (33, 16, 3))]


@pytest.mark.parametrize(
    ("name", "half", "limit"), [("m.onnx", False, 1e-4), ("m.onnx", True, 1e-2), ("m.pt2", False, 1e-4)]
)
def test_the_pipeline_takes_an_exported_network_and_its_card_as_they_are(
    tmp_path: Path, model: LoadedModel, crops: list[np.ndarray], name: str, half: bool, limit: float
) -> None:
    exported = export_network(model.network, SIZE, tmp_path / name, half)
    card = write_card(exported, model.about, RECORD, "Apache-2.0")
    assert exported.difference <= limit
    assert card.name == "m.json"
    assert b".py" not in exported.path.read_bytes() or not name.endswith("onnx"), "paths of this machine"
    runtime = "onnx" if name.endswith("onnx") else "torch"
    settings = EncoderSettings(name=str(tmp_path / name), runtime=runtime, batch=2, threads=1)
    encoder = build_encoder(settings)
    assert (encoder.dimension, encoder.threshold) == (exported.dimension, RECORD.threshold) == (12, 0.71)
    expected = LaboratoryEncoder(model).encode(crops)
    np.testing.assert_allclose(encoder.encode(crops), expected, atol=limit)


def test_half_precision_halves_the_file(tmp_path: Path) -> None:
    network = ReidNetwork(nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 16, 256)), 256)
    whole = export_network(network, SIZE, tmp_path / "whole.onnx").path.stat().st_size
    half = export_network(network, SIZE, tmp_path / "half.onnx", half=True).path.stat().st_size
    assert half < 0.55 * whole, f"{half} of {whole} bytes"


class Fickle(nn.Module):
    """A network whose answer changes whenever it is asked."""

    def embed(self, images: torch.Tensor) -> torch.Tensor:
        return images.flatten(1) + torch.rand(1)


def test_an_export_that_answers_differently_is_removed(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"differ from PyTorch's by .* the file was removed"):
        export_network(Fickle(), SIZE, tmp_path / "m.pt2")
    assert list(tmp_path.iterdir()) == []


def test_an_export_is_known_again_and_that_of_another_network_is_not(
    tmp_path: Path, model: LoadedModel
) -> None:
    path = tmp_path / "m.onnx"
    assert exported_before(model.network, SIZE, path) is None
    exported = export_network(model.network, SIZE, path)
    assert exported_before(model.network, SIZE, path) == exported
    other = ReidNetwork(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), 3, bnneck=False, num_classes=2)
    assert exported_before(other, SIZE, path) is None
    path.write_bytes(path.read_bytes()[:-200])
    assert exported_before(model.network, SIZE, path) is None


@pytest.mark.parametrize(("name", "half"), [("m.pt", False), ("m.pt2", True)])
def test_other_formats_are_refused(tmp_path: Path, model: LoadedModel, name: str, half: bool) -> None:
    with pytest.raises(UsageError, match=r"\.onnx or \.pt2"):
        export_network(model.network, SIZE, tmp_path / name, half)


def test_a_card_belongs_to_its_weights(tmp_path: Path, model: LoadedModel) -> None:
    exported = export_network(model.network, SIZE, tmp_path / "m.pt2")
    write_card(exported, model.about, RECORD, "Apache-2.0")
    with exported.path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(WeightsError, match="sha256"):
        build_encoder(EncoderSettings(name=str(exported.path), runtime="torch"))


def test_a_threshold_is_kept_beside_the_weights(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pipeline reid calibrate"):
        read_threshold(tmp_path)
    write_threshold(tmp_path, RECORD)
    assert read_threshold(tmp_path) == RECORD
    (tmp_path / "calibration.json").write_text("{}")
    with pytest.raises(UsageError, match="damaged"):
        read_threshold(tmp_path)
