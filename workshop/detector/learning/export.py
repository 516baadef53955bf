"""The trained network as an ONNX file with the answer of a YOLOv8 head, which every runtime here reads."""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tracking.detectors.extras import require
from workshop.detector.learning.network import COARSEST_STRIDE, STRIDE, CyclistNetwork, fold_for_inference
from workshop.detector.learning.samples import CLASS_NAMES

OPSET = 17
NMS_IOU = 0.7
"""Overlap above which two boxes are one rider's, measured (docs/understand/cyclist_detector.md)."""
BESIDE = 0.5
"""Share of its score that a cell tells beside a higher one, measured as well."""
_SOURCE = "fietsflow workshop.detector.learning"


class ExportedHead(nn.Module):
    """Network and decoding: scores in 0..1 and boxes in pixels of the input, for every cell.

    Riders abreast make one hump of scores with two kinds of boxes, so that cells beside a higher one answer
    too; but most of their boxes are of the same rider, so that they tell part of their score.

    Args:
        network: Trained.
    """

    def __init__(self, network: CyclistNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Look at images.

        Args:
            images: (B, 3, H, W) red, green, blue in 0..1.

        Returns:
            (B, 6, N): centre x, centre y, width, height in pixels, then the scores of the two classes.
        """
        logits, edges = self.network(images)
        scores = torch.sigmoid(logits)
        highest = functional.max_pool2d(scores, kernel_size=3, stride=1, padding=1)
        scores = scores * (BESIDE + (1 - BESIDE) * (scores >= highest).to(scores.dtype))
        # Counting ones keeps the graph free of shapes that are known at export only.
        ones = torch.ones_like(logits[:, :1])
        across = (torch.cumsum(ones, dim=3) - 0.5) * STRIDE
        down = (torch.cumsum(ones, dim=2) - 0.5) * STRIDE
        left, top, right, bottom = edges.split(1, dim=1)
        centre_x, centre_y = across + (right - left) / 2, down + (bottom - top) / 2
        answer = torch.cat([centre_x, centre_y, left + right, top + bottom, scores], dim=1)
        return answer.flatten(2)


def export_detector(network: CyclistNetwork, path: Path, size: tuple[int, int] = (384, 640)) -> Path:
    """Write the network as ONNX; any batch, height and width that are multiples of 32.

    Args:
        network: Trained; left without batch normalisation.
        path: The .onnx file.
        size: Height and width of the usual input.

    Returns:
        The file.

    Raises:
        UsageError: The package onnx is not installed.
    """
    onnx = require("onnx", "lab", "exporting the detector")
    model = ExportedHead(fold_for_inference(network)).eval().to("cpu", memory_format=torch.contiguous_format)
    axes = {"images": {0: "batch", 2: "height", 3: "width"}, "output0": {0: "batch", 2: "cells"}}
    with warnings.catch_warnings():
        # The exporter that traces is told to go, but the other writes one graph per batch size.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (torch.rand(1, 3, *size),),
            str(path),
            input_names=["images"],
            output_names=["output0"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    written = onnx.load(str(path))
    about = {
        "names": repr(dict(enumerate(CLASS_NAMES))),
        "imgsz": repr(list(size)),
        "stride": str(COARSEST_STRIDE),
        "iou": str(NMS_IOU),
        "task": "detect",
        "description": _SOURCE,
    }
    onnx.helper.set_model_props(written, about)
    onnx.save(written, str(path))
    return path
