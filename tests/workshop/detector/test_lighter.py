"""A detector made lighter answers as before."""

import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training the detector needs the extra lab")
pytest.importorskip("torchvision", reason="training the detector needs the extra lab")
onnx = pytest.importorskip("onnx", reason="training the detector needs the extra lab")

from tracking.detectors.onnx import open_session  # noqa: E402
from tracking.errors import UsageError  # noqa: E402
from workshop.detector import lighter  # noqa: E402
from workshop.detector.learning.export import export_detector  # noqa: E402
from workshop.detector.learning.network import CyclistNetwork  # noqa: E402
from workshop.detector.lighter import in_eight_bits, without_dead_level  # noqa: E402


@pytest.fixture(scope="module")
def seen() -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    return [rng.random((1, 3, 64, 96), np.float32) for _ in range(3)]


LITTLE = 1e6


def _exported(folder: Path, alive: bool, lateral: float = 0.0) -> Path:
    torch.manual_seed(4)
    network = CyclistNetwork(channels=8, head_blocks=1)
    torch.nn.init.constant_(network.laterals[3].weight, 1e10 if alive else lateral)
    torch.nn.init.constant_(network.laterals[3].bias, 0.5)
    torch.nn.init.constant_(network.scores.bias, 0.0)  # A change shows where scores are not all next to 0.
    return export_detector(network, folder / "net.onnx", (64, 96))


def _answer(path: Path, blob: np.ndarray) -> np.ndarray:
    return np.asarray(open_session(path, threads=1).run(None, {"images": blob})[0])


def test_a_dead_level_is_taken_out_and_nothing_changes(tmp_path: Path, seen: list[np.ndarray]) -> None:
    path = _exported(tmp_path, alive=False)
    dead = without_dead_level(path, tmp_path / "lighter.onnx", seen)
    assert dead.stat().st_size < 0.5 * path.stat().st_size
    other = np.random.default_rng(9).random((2, 3, 96, 64), np.float32)
    np.testing.assert_allclose(_answer(dead, other), _answer(path, other), atol=1e-3)


def test_which_of_two_neighbours_is_higher_is_no_life(tmp_path: Path, seen: list[np.ndarray]) -> None:
    """Cells beside a higher one tell half of their score: by a hair it is the other's that is halved."""
    path = _exported(tmp_path, alive=False, lateral=LITTLE)
    lighter_one = without_dead_level(path, tmp_path / "lighter.onnx", seen)
    told = max(np.abs(_answer(path, blob)[:, 4:] - _answer(lighter_one, blob)[:, 4:]).max() for blob in seen)
    assert told > 0.1


def test_a_level_that_is_alive_stays(tmp_path: Path, seen: list[np.ndarray]) -> None:
    path = _exported(tmp_path, alive=True)
    with pytest.raises(UsageError, match="is alive"):
        without_dead_level(path, tmp_path / "lighter.onnx", seen)


@pytest.mark.parametrize("alive", [True, False])
def test_where_it_is_asked_for_a_level_that_is_alive_is_kept(
    alive: bool, tmp_path: Path, seen: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, output = _exported(tmp_path, alive), tmp_path / "lighter.onnx"
    monkeypatch.setattr(lighter, "pictures", lambda _: seen)
    words = ["lighter", str(path), str(output), "--data", str(tmp_path), "--level"]
    monkeypatch.setattr(sys, "argv", [*words, "--if-dead"])
    lighter.main()
    assert (output.read_bytes() == path.read_bytes()) is alive
    monkeypatch.setattr(sys, "argv", words)
    if alive:
        with pytest.raises(lighter.LivingLevelError):
            lighter.main()


def test_eight_bits_stay_in_half_their_range_and_the_first_layers_in_float(
    tmp_path: Path, seen: list[np.ndarray]
) -> None:
    path = _exported(tmp_path, alive=True)
    bits = in_eight_bits(path, tmp_path / "bits.onnx", seen)
    weights = {
        one.name: onnx.numpy_helper.to_array(one)
        for one in onnx.load(str(bits)).graph.initializer
        if one.name.endswith(("weight", "weight_quantized"))
    }
    whole = [name for name, values in weights.items() if values.dtype == np.float32]
    assert len(whole) == 4
    assert all(
        name.startswith(("network.backbone.0", "network.backbone.1", "network.backbone.2")) for name in whole
    )
    largest = max(np.abs(values.astype(int)).max() for values in weights.values() if values.dtype == np.int8)
    assert 32 < largest <= 64, "pairs of products would overflow"
    before, after = _answer(path, seen[0]), _answer(bits, seen[0])
    assert np.abs(before[:, 4:].max() - after[:, 4:].max()) < 0.02
