"""Makes a trained detector lighter without training: a dead level taken out, weights in 8 bits.

python -m workshop.detector.lighter DETECTOR.onnx OUT.onnx --data FOLDER [--level [--if-dead]] [--bits]
"""

import argparse
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tracking.arrays import FloatArray, Image
from tracking.detectors.extras import require
from tracking.detectors.letterbox import Letterbox
from tracking.detectors.onnx import open_session
from tracking.errors import UsageError
from workshop.detector.description import load_description
from workshop.detector.learning.datasets import read_folder

_PURPOSE = "making a detector lighter"
_COARSEST, _NEXT = "/network/laterals.3/Conv_output_0", "network.laterals.2"
_KEPT = ("backbone.0/", "backbone.1/", "backbone.2/conv/conv.0/conv.0.0/Conv")
"""Layers whose folded weights spread so far that 8 bits lose them: see docs/performance.md."""
_EIGHT_BITS = {"Conv", "Clip", "Relu", "Add", "Resize"}
_LARGEST_CHANGE = 0.01
"""Of any score, of 0 to 1, by which an answer without the level is still the same answer."""
_SIDE, _STRIDE = 640, 32


class LivingLevelError(UsageError):
    """The coarsest level answers to pictures: without it the detector is another."""


def pictures(data: Path, each: int = 6, seed: int = 5) -> list[FloatArray]:
    """Some pictures of every real data set that the detector was trained on, as it sees them.

    Args:
        data: Folder above the data sets.
        each: Pictures of each.
        seed: Decides which.

    Returns:
        (1, 3, h, w) float32 red, green, blue in 0..1; sides are multiples of 32.
    """
    rng = np.random.default_rng(seed)
    found = []
    for folder in load_description().real:
        images = read_folder(folder, data)
        chosen = rng.choice(len(images), min(each, len(images)), replace=False)
        found += [_seen(images[int(index)].image) for index in chosen]
    return found


def _seen(image: Image) -> FloatArray:
    height, width = image.shape[:2]
    scale = _SIDE / max(height, width)
    size = tuple(-(-round(side * scale) // _STRIDE) * _STRIDE for side in (height, width))
    blob = np.full((1, 3, *size), 114 / 255, np.float32)
    Letterbox.fit((height, width), (size[0], size[1]), centred=True).fill(
        blob[0], image, rgb=True, factor=1 / 255
    )
    return blob


def without_dead_level(detector: Path, output: Path, seen: Sequence[FloatArray]) -> Path:
    """Replace the coarsest level by the constant that it answers, and leave out all that led to it.

    Args:
        detector: File of the shipped layout.
        output: The lighter file.
        seen: Pictures on which the answers must stay what they were.

    Raises:
        LivingLevelError: The level is alive.
    """
    onnx = require("onnx", "lab", _PURPOSE)
    answers = [values.reshape(values.shape[1], -1) for values in _inside(onnx, detector, _COARSEST, seen)]
    joined = np.concatenate(answers, axis=1)
    model = onnx.load(str(detector))
    bias = next(one for one in model.graph.initializer if one.name == f"{_NEXT}.bias")
    changed = onnx.numpy_helper.to_array(bias) + np.median(joined, axis=1).astype(np.float32)
    bias.CopyFrom(onnx.numpy_helper.from_array(changed, bias.name))
    lateral = next(node for node in model.graph.node if f"{_NEXT}.weight" in node.input)
    total = next(
        node for node in model.graph.node if node.op_type == "Add" and lateral.output[0] in node.input
    )
    lateral.output[0] = total.output[0]
    model.graph.node.remove(total)
    _drop_unused(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(output))
    change = _largest_change(onnx, detector, output, seen)
    if change > _LARGEST_CHANGE:
        output.unlink()
        raise LivingLevelError(
            f"{detector}: its coarsest level is alive (without it scores change by {change:.3f}); keep it"
        )
    return output


def _largest_change(onnx: Any, detector: Path, lighter: Path, seen: Sequence[FloatArray]) -> float:
    """Of any score in any picture, before it is told: which of two neighbours is higher, little decides."""
    before, after = (_inside(onnx, one, _scores_of(onnx, one), seen) for one in (detector, lighter))
    return max(float(np.abs(one - other).max()) for one, other in zip(before, after, strict=True))


def _scores_of(onnx: Any, detector: Path) -> str:
    """Name of the scores of all cells inside a file."""
    graph = onnx.load(str(detector)).graph
    return str(next(node.output[0] for node in graph.node if node.op_type == "Sigmoid"))


def _inside(onnx: Any, detector: Path, name: str, seen: Sequence[FloatArray]) -> list[FloatArray]:
    """What a layer answers, (1, C, h, w) for each picture."""
    model = onnx.load(str(detector))
    told = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
    model.graph.output.append(told)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "told.onnx"
        onnx.save(model, str(path))
        session = open_session(path, threads=1)
        return [session.run([name], {"images": blob})[0] for blob in seen]


def _drop_unused(graph: Any) -> None:
    while True:
        used = {name for node in graph.node for name in node.input} | {one.name for one in graph.output}
        unused = [node for node in graph.node if not used.intersection(node.output)]
        if not unused:
            break
        for node in unused:
            graph.node.remove(node)
    for one in [one for one in graph.initializer if one.name not in used]:
        graph.initializer.remove(one)


def in_eight_bits(detector: Path, output: Path, seen: Sequence[FloatArray]) -> Path:
    """Quantise all that 8 bits can hold, in half of their range: without VNNI pairs of products overflow.

    Args:
        detector: File of the shipped layout.
        output: The lighter file, which every runtime of ONNX computes.
        seen: Pictures that tell the range of every layer.
    """
    onnx = require("onnx", "lab", _PURPOSE)
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    remaining = iter(seen)

    class Reader(CalibrationDataReader):
        def get_next(self) -> dict[str, FloatArray] | None:
            blob = next(remaining, None)
            return None if blob is None else {"images": blob}

    with TemporaryDirectory() as folder:
        path = Path(folder) / "prepared.onnx"
        quant_pre_process(str(detector), str(path), skip_symbolic_shape=True)
        quantize_static(
            str(path),
            str(output),
            Reader(),
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=list(_in_float(onnx.load(str(path)).graph)),
        )
    return output


def _in_float(graph: Any) -> Iterator[str]:
    """Names of the nodes that stay as they are: the first layers, and what makes boxes of the answer."""
    for node in graph.node:
        first = any(part in node.name for part in _KEPT)
        decoding = node.op_type not in _EIGHT_BITS or node.name.count("/") == 1
        if first or decoding:
            yield node.name


def main() -> None:
    """Make one file of another."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detector", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data sets")
    parser.add_argument("--level", action="store_true", help="take the dead level out")
    parser.add_argument("--if-dead", action="store_true", help="keep a level that is alive, and say so")
    parser.add_argument("--bits", action="store_true", help="weights in 8 bits")
    given = parser.parse_args()
    seen, source = pictures(given.data), given.detector
    if given.level:
        try:
            source = without_dead_level(source, given.output, seen)
        except LivingLevelError as error:
            if not given.if_dead:
                raise
            print(error)
            source = Path(shutil.copyfile(source, given.output))
    if given.bits:
        in_eight_bits(source, given.output, seen)


if __name__ == "__main__":
    main()
