"""Small encoder networks, written as the tests need them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

CHANNELS = 6


def convolution_weights() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return (
        rng.normal(0, 1, (CHANNELS, 3, 3, 3)).astype(np.float32),
        rng.normal(0, 1, CHANNELS).astype(np.float32),
    )


def write_network(path: Path, input_shape: Sequence[int | str] = ("batch", 3, 32, 16)) -> Path:
    """A convolution, ReLU and global mean: N×3×H×W to N×6."""
    weight, bias = convolution_weights()
    batch = input_shape[0]
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["image", "w", "b"], ["c"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", ["c"], ["r"]),
            helper.make_node("GlobalAveragePool", ["r"], ["p"]),
            helper.make_node("Flatten", ["p"], ["embedding"]),
        ],
        "encoder",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, list(input_shape))],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [batch, CHANNELS])],
        [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(bias, "b")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(path))
    return path


@pytest.fixture
def network(tmp_path: Path) -> Callable[..., Path]:
    def write(input_shape: Sequence[int | str] = ("batch", 3, 32, 16)) -> Path:
        return write_network(tmp_path / "tiny.onnx", input_shape)

    return write


@pytest.fixture
def weights_of_convolution() -> tuple[np.ndarray, np.ndarray]:
    return convolution_weights()


@pytest.fixture
def crops() -> list[np.ndarray]:
    rng = np.random.default_rng(11)
    return [rng.integers(0, 256, (h, w, 3), np.uint8) for h, w in ((40, 20), (128, 64), (7, 90), (33, 1))]
