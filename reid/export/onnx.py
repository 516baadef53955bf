"""A trained network as a file that ONNX Runtime or PyTorch runs without this program."""

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from reid.encoders.card import checksum
from reid.encoders.onnx import load_errors
from tracking.arrays import FloatArray
from tracking.errors import FietsflowError, UsageError

TOLERANCE = 1e-4
"""Largest difference of an entry of a unit embedding between PyTorch and the exported network."""
HALF_TOLERANCE = 1e-2
"""The same where weights and arithmetic are half precision."""
BATCHES = (1, 2, 5)
"""Batch sizes at which the two are compared."""
INPUT, OUTPUT = "image", "embedding"


class ExportError(FietsflowError):
    """An exported network that does not do what the trained one does."""


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A network on disk.

    Attributes:
        path: The file.
        sha256: Its checksum.
        difference: Largest difference of an entry of an embedding from PyTorch's.
        dimension: Length D of the embedding.
    """

    path: Path
    sha256: str
    difference: float
    dimension: int


class _Embedder(nn.Module):
    """One input, one output: what encoders expect."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        embedding: torch.Tensor = self.network.embed(image)
        return embedding


def export_network(
    network: nn.Module, size: tuple[int, int], path: Path, half: bool = False
) -> ExportedModel:
    """Write a network with a batch of any size, and compare it with the original.

    Args:
        network: With a method `embed`; is in evaluation mode and on the CPU afterwards.
        size: Height and width of its input.
        path: ``.onnx``, or ``.pt2`` for `torch.export`.
        half: Store and compute in half precision, where the runtime can; ``.onnx`` only. Input and output
            stay float32.

    Returns:
        What was written.

    Raises:
        UsageError: If the ending is another, or packages are missing.
        ExportError: If the file answers differently; it is removed.
    """
    if path.suffix not in (".onnx", ".pt2") or (half and path.suffix != ".onnx"):
        raise UsageError(f"{path}: an encoder is exported as .onnx or .pt2, half precision as .onnx only")
    embedder = _Embedder(network.cpu()).eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    run = _write(embedder, size, path, half)
    difference, dimension = _compare(embedder, run, size)
    limit = HALF_TOLERANCE if half else TOLERANCE
    # Written so that NaN fails too.
    if not difference <= limit:
        path.unlink()
        raise ExportError(
            f"{path}: the exported network's embeddings differ from PyTorch's by {difference:.2g}, more than "
            f"{limit:g}; the file was removed" + ("; export without half precision" if half else "")
        )
    return ExportedModel(path, checksum(path), difference, dimension)


def exported_before(network: nn.Module, size: tuple[int, int], path: Path) -> ExportedModel | None:
    """The file of an earlier export, if it answers like this network.

    Args:
        network: With a method `embed`; is in evaluation mode and on the CPU afterwards.
        size: Height and width of its input.
        path: An ``.onnx`` file of whole precision, which may be missing or damaged.

    Returns:
        What stands there; None where it has to be exported.
    """
    if not path.is_file():
        return None
    other: tuple[type[Exception], ...] = (*load_errors(), ValueError)
    try:
        difference, dimension = _compare(_Embedder(network.cpu()).eval(), _onnx_runner(path), size)
    except other:  # damaged, of other inputs, or of another length of embeddings
        return None
    return ExportedModel(path, checksum(path), difference, dimension) if difference <= TOLERANCE else None


def _write(
    embedder: nn.Module, size: tuple[int, int], path: Path, half: bool
) -> Callable[[FloatArray], FloatArray]:
    """Write the file; the answer runs it."""
    example, dynamic = torch.zeros(2, 3, *size), {INPUT: {0: torch.export.Dim("batch")}}
    if path.suffix == ".pt2":
        torch.export.save(torch.export.export(embedder, (example,), dynamic_shapes=dynamic), path)
        return _torch_runner(path)
    _write_onnx(embedder, example, dynamic, path)
    if half:
        _halve(path)
    return _onnx_runner(path)


def _write_onnx(embedder: nn.Module, example: torch.Tensor, dynamic: dict[str, Any], path: Path) -> None:
    try:
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise UsageError("export: onnxscript is not installed; run `pip install fietsflow[lab]`") from error
    logging.getLogger("onnxscript").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # Of the exporter about its own parts.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            embedder,
            (example,),
            path,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=dynamic,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    _forget_origin(path)


def _forget_origin(path: Path) -> None:
    """Drop what the exporter notes of every node: source lines with the paths of this machine."""
    import onnx

    model = onnx.load(path)
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    model.graph.ClearField("metadata_props")
    onnx.save(model, path)


def _halve(path: Path) -> None:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    with warnings.catch_warnings():
        # Of numbers that are too small for half precision and become the smallest one.
        warnings.simplefilter("ignore")
        onnx.save(convert_float_to_float16(onnx.load(path), keep_io_types=True), path)


def _onnx_runner(path: Path) -> Callable[[FloatArray], FloatArray]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda images: np.asarray(session.run([OUTPUT], {INPUT: images})[0])


def _torch_runner(path: Path) -> Callable[[FloatArray], FloatArray]:
    network = torch.export.load(path).module()

    def run(images: FloatArray) -> FloatArray:
        with torch.inference_mode():
            return np.asarray(network(torch.from_numpy(images)).numpy())

    return run


def _compare(
    embedder: nn.Module, run: Callable[[FloatArray], FloatArray], size: tuple[int, int]
) -> tuple[float, int]:
    rng, largest, dimension = np.random.default_rng(0), 0.0, 0
    for batch in BATCHES:
        images = rng.normal(size=(batch, 3, *size)).astype(np.float32)
        with torch.inference_mode():
            expected = embedder(torch.from_numpy(images)).numpy()
        largest = float(np.maximum(largest, np.abs(run(images) - expected).max()))
        dimension = expected.shape[1]
    return largest, dimension
