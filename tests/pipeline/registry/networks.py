"""Tiny networks with cards, as shipped models are."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.registry.known_answer import seal

onnx = pytest.importorskip("onnx", reason="the package onnx builds the test models")

ENCODER_CARD: dict[str, Any] = {
    "name": "tiny_encoder",
    "task": "encoder",
    "licence": "Apache-2.0",
    "date": "2026-11-20",
    "description": "The mean colours of four bands.",
    "input_size": [32, 16],
    "mean": [0.5, 0.5, 0.5],
    "std": [1.0, 1.0, 1.0],
    "threshold": 0.4,
    "precision": 0.9,
    "recall": 0.8,
    "training_data": "none",
    "seeds": [1, 2],
    "quality": [
        {
            "measure": "rank-1",
            "value": 0.97,
            "spread": 0.01,
            "data": "riders nobody trained on",
            "command": "x",
        },
        {"measure": "mAP", "value": 0.981, "data": "the same"},
    ],
    "limits": ["Knows nothing but colours."],
    "calibration": {"kind": "logistic", "midpoint": 0.3, "steepness": 20.0},
}


def band_colours(path: Path, **card: Any) -> Path:
    """An encoder that gives the mean colours of four bands of a crop, sealed with its card."""
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("AveragePool", ["image"], ["bands"], kernel_shape=[8, 16], strides=[8, 16]),
            onnx.helper.make_node("Flatten", ["bands"], ["embedding"]),
        ],
        "bands",
        [onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, ["n", 3, 32, 16])],
        [onnx.helper.make_tensor_value_info("embedding", onnx.TensorProto.FLOAT, ["n", 12])],
    )
    return _save(path, graph, ENCODER_CARD | card)


def colour_finder(path: Path) -> Path:
    """A detector of 64×64 pictures whose score for a cyclist rises with the red of the whole picture."""
    weight = np.zeros((6, 3, 8, 8), np.float32)
    weight[4, 0], weight[5, 2] = 1 / 64, 1 / 64
    bias = np.array([32, 32, 20, 40, 0, 0], np.float32)
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("Conv", ["images", "w", "b"], ["cells"], strides=[8, 8]),
            onnx.helper.make_node("Reshape", ["cells", "shape"], ["output0"]),
        ],
        "finder",
        [onnx.helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [1, 3, 64, 64])],
        [onnx.helper.make_tensor_value_info("output0", onnx.TensorProto.FLOAT, [1, 6, 64])],
        [
            onnx.numpy_helper.from_array(weight, "w"),
            onnx.numpy_helper.from_array(bias, "b"),
            onnx.numpy_helper.from_array(np.array([1, 6, 64], np.int64), "shape"),
        ],
    )
    card = {"name": path.stem, "task": "detector", "licence": "Apache-2.0", "threshold": 0.5}
    return _save(path, graph, card)


def crop_reader(path: Path, steepness: float = 20.0) -> Path:
    """A classifier of crops that takes red for a cyclist, green for a walker, blue for something else."""
    weight = np.zeros((3, 4), np.float32)
    weight[[0, 1, 2], [0, 1, 3]] = steepness
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("ReduceMean", ["crops"], ["colour"], axes=[2, 3], keepdims=0),
            onnx.helper.make_node("MatMul", ["colour", "w"], ["kinds"]),
        ],
        "reader",
        [onnx.helper.make_tensor_value_info("crops", onnx.TensorProto.FLOAT, ["n", 3, 32, 32])],
        [onnx.helper.make_tensor_value_info("kinds", onnx.TensorProto.FLOAT, ["n", 4])],
        [onnx.numpy_helper.from_array(weight, "w")],
    )
    card = {"name": path.stem, "task": "classifier", "licence": "Apache-2.0", "input_size": [32, 32]}
    return _save(path, graph, card)


def _save(path: Path, graph: Any, card: dict[str, Any]) -> Path:
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    model.metadata_props.add(key="names", value="{0: 'cyclist', 1: 'pedestrian'}")
    onnx.save(model, str(path))
    path.with_suffix(".json").write_text(json.dumps(card))
    seal(path)
    return path
