"""Tiny ONNX models with known answers."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

SIDE = 64
CELLS = 84
"""Grid cells of all strides for a 64 × 64 input."""

MakeModel = Callable[..., Path]


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """Build a model that answers every picture with the same boxes, plus what its brightness adds."""
    onnx = pytest.importorskip("onnx", reason="the package onnx builds the test models")

    def make(
        answer: np.ndarray,
        size: Sequence[int | str] = (SIDE, SIDE),
        batch: int | str = 1,
        metadata: Mapping[str, str] | None = None,
        brightness: np.ndarray | None = None,
        channel: int | None = None,
        half: bool = False,
        name: str = "model",
    ) -> Path:
        kind = np.float16 if half else np.float32
        element = onnx.TensorProto.FLOAT16 if half else onnx.TensorProto.FLOAT
        weights = np.ones((1, 3, 1, 1), kind)
        if channel is not None:
            weights = np.zeros((1, 3, 1, 1), kind)
            weights[0, channel] = 3
        added = np.zeros_like(answer) if brightness is None else brightness
        constants = {
            "channels": weights,
            "axes": np.array([1, 2, 3], np.int64),
            "inner": np.array([1, 2], np.int64),
            "answer": answer[None].astype(kind),
            "added": added[None].astype(kind),
        }
        node = onnx.helper.make_node
        nodes = [
            node("Mul", ["images", "channels"], ["weighted"]),
            node("ReduceMean", ["weighted", "axes"], ["mean"], keepdims=0),
            node("Unsqueeze", ["mean", "inner"], ["column"]),
            node("Mul", ["column", "added"], ["lit"]),
            node("Add", ["lit", "answer"], ["output0"]),
        ]
        graph = onnx.helper.make_graph(
            nodes,
            "known",
            [onnx.helper.make_tensor_value_info("images", element, [batch, 3, *size])],
            [onnx.helper.make_tensor_value_info("output0", element, [batch, *answer.shape])],
            [onnx.numpy_helper.from_array(value, key) for key, value in constants.items()],
        )
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
        for key, value in (metadata or {}).items():
            model.metadata_props.add(key=key, value=value)
        path = tmp_path / f"{name}.onnx"
        onnx.save(model, path)
        return path

    return make


@pytest.fixture
def frame() -> np.ndarray:
    """A dull frame, twice the size of the test models' input."""
    return np.full((2 * SIDE, 2 * SIDE, 3), 60, np.uint8)
