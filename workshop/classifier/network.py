"""A small network for crops: the first blocks of MobileNetV2, a mean, one layer.

Source: MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381).
"""

import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from tracking.detectors.extras import require
from tracking.riders.classifier import KINDS
from workshop.detector.learning.backbone import DEVIATION, MEAN, folded_backbone

OPSET = 17


class ClassifierNetwork(nn.Module):
    """From square pictures to a log-probability, up to a constant, of each kind.

    Args:
        blocks: Of MobileNetV2.
        frozen_blocks: First ones that keep their ImageNet weights.
        dropout: Share of the features that is left out while it learns.
        weights: ImageNet's, see `folded_backbone`.

    Raises:
        WeightsError: The weights are missing or other ones.
    """

    def __init__(self, blocks: int, frozen_blocks: int, dropout: float, weights: Path) -> None:
        super().__init__()
        self.backbone = folded_backbone(blocks, weights)
        channels = [one.out_channels for one in self.backbone.modules() if isinstance(one, nn.Conv2d)][-1]
        self.dropout = nn.Dropout(dropout)
        self.answer = nn.Linear(channels, len(KINDS))
        self._frozen = frozen_blocks
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None], persistent=False)

    def trained_parameters(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Of the backbone, which knows much already, and of the answer."""
        return list(self.backbone[self._frozen :].parameters()), list(self.answer.parameters())

    def forward(self, pictures: Tensor) -> Tensor:
        """Look at pictures.

        Args:
            pictures: (N, 3, S, S) red, green, blue in 0..1.

        Returns:
            (N, 4).
        """
        values = (pictures - self.mean) / self.deviation
        for number, block in enumerate(self.backbone):
            with torch.set_grad_enabled(torch.is_grad_enabled() and number >= self._frozen):
                values = block(values)
        answers: Tensor = self.answer(self.dropout(values.mean(dim=(2, 3))))
        return answers


class Council(nn.Module):
    """The mean answer of several networks.

    Args:
        members: Trained.
    """

    def __init__(self, members: Sequence[ClassifierNetwork]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, pictures: Tensor) -> Tensor:
        """Look at pictures; see `ClassifierNetwork`."""
        return torch.stack([member(pictures) for member in self.members]).mean(dim=0)


def export_classifier(networks: Sequence[ClassifierNetwork], path: Path, side: int) -> Path:
    """Write networks as one ONNX file that answers with their mean, for any number of pictures.

    Args:
        networks: Trained.
        path: The .onnx file.
        side: Of the pictures.

    Raises:
        UsageError: The package onnx is not installed.
    """
    require("onnx", "lab", "exporting the classifier")
    model = Council(networks).eval().to("cpu", memory_format=torch.contiguous_format)
    with warnings.catch_warnings():
        # The exporter that traces is told to go, but the other writes one graph per batch size.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (torch.rand(2, 3, side, side),),
            str(path),
            input_names=["crops"],
            output_names=["kinds"],
            dynamic_axes={"crops": {0: "batch"}, "kinds": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
    return path
