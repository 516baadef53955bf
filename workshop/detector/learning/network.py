"""A small detector: MobileNetV2, a feature pyramid down to stride 4, and a centre-point head.

Sources: MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381); feature pyramid (Lin et al. 2017,
arXiv:1612.03144); objects as points (Zhou et al. 2019, arXiv:1904.07850); distances to the four edges in
every cell near the centre (TTFNet, Liu et al. 2020, arXiv:1909.00700, which learns in a tenth of the time).
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tracking.detectors.extras import require
from workshop.detector.learning.arithmetic import widen_where_faster
from workshop.detector.learning.backbone import DEVIATION, MEAN, fold_normalisation, folded_backbone
from workshop.detector.learning.samples import CLASS_NAMES

STRIDE = 4
"""Input pixels per cell of the answer, in both directions."""
COARSEST_STRIDE = 32
_LEVELS = {3: 24, 6: 32, 13: 96, 17: 320}
"""Blocks of MobileNetV2 whose output the pyramid takes (strides 4, 8, 16, 32), and their channels."""
_RARE = 0.01
"""First guess of every cell's score; without it the many empty cells drown the few full ones."""
_TYPICAL_CELLS = 4.0


class CyclistNetwork(nn.Module):
    """From pixels to a score per class and four distances per cell.

    Batch normalisation of the backbone is folded into its convolutions from the start: with few images per
    step its statistics would only get worse, and a step takes half the time.

    Args:
        channels: Width of pyramid and head.
        frozen_blocks: First blocks of the backbone that keep their ImageNet weights.
        head_blocks: Separable convolutions between pyramid and answer.
        coarsest: Whether it has the level of stride 32.
    """

    def __init__(
        self, channels: int = 64, frozen_blocks: int = 4, head_blocks: int = 2, *, coarsest: bool = True
    ) -> None:
        super().__init__()
        vision = require("torchvision", "torch", "training the detector")
        widths = list(_LEVELS.values())[: 4 if coarsest else 3]
        blocks = list(_LEVELS)[len(widths) - 1] + 1
        self.backbone: nn.Sequential = vision.models.mobilenet_v2(weights=None).features[:blocks]
        self.laterals = nn.ModuleList(nn.Conv2d(width, channels, 1) for width in widths)
        self.smooth = nn.ModuleList(
            [_separable(channels), _convolution(channels, channels, 3), _convolution(channels, channels, 3)]
        )
        self.head = nn.Sequential(*(_separable(channels) for _ in range(head_blocks)))
        self.scores = nn.Conv2d(channels, len(CLASS_NAMES), 1)
        self.edges = nn.Conv2d(channels, 4, 1)
        self._frozen = frozen_blocks
        fold_normalisation(self.backbone)
        widen_where_faster(self.backbone)
        nn.init.constant_(self.scores.bias, float(torch.logit(torch.tensor(_RARE))))
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None], persistent=False)

    def load_backbone(self, path: Path) -> None:
        """Take ImageNet's weights from a file whose tensors lie in the order of torchvision's MobileNetV2.

        Args:
            path: A state_dict saved by torch; a classifier behind the convolutions is left out.

        Raises:
            WeightsError: The file is missing or holds other tensors.
        """
        self.backbone.load_state_dict(folded_backbone(len(self.backbone), path).state_dict())

    def trained_parameters(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """The trained weights: of the backbone, which knows much already, and all others."""
        backbone = [p for block in self.backbone[self._frozen :] for p in block.parameters()]
        known = {id(parameter) for parameter in self.backbone.parameters()}
        return backbone, [p for p in self.parameters() if id(p) not in known]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Look at images.

        Args:
            images: (B, 3, H, W) red, green, blue in 0..1; sides are multiples of 32.

        Returns:
            (B, 2, H/4, W/4) logits, and (B, 4, H/4, W/4) distances in pixels from the middle of each cell to
            left, top, right and bottom edge.
        """
        levels = self._levels((images - self.mean) / self.deviation)
        merged = self.laterals[-1](levels[-1])
        if len(levels) == len(self.smooth):
            merged = self.smooth[-1](merged)
        for number in reversed(range(len(levels) - 1)):
            larger = functional.interpolate(merged, scale_factor=2.0, mode="nearest")
            merged = self.smooth[number](self.laterals[number](levels[number]) + larger)
        features = self.head(merged)
        distances = torch.exp(self.edges(features).float().clamp(-6.0, 6.0)) * (STRIDE * _TYPICAL_CELLS)
        return self.scores(features).float(), distances

    def _levels(self, images: Tensor) -> list[Tensor]:
        """What the pyramid takes, finest first."""
        with torch.no_grad():
            *levels, values = self._frozen_blocks(images)
        return levels + self._through(range(self._frozen, len(self.backbone)), values)[:-1]

    def _frozen_blocks(self, images: Tensor) -> list[Tensor]:
        """As `_through`, of the blocks that do not learn.

        In training on a processor they are given one picture after another: what lies between them then stays
        in its cache (`python -m benchmarks.training_step`).
        """
        blocks = range(self._frozen)
        if not self.training or images.device.type != "cpu":
            return self._through(blocks, images)
        each = [self._through(blocks, one) for one in images.split(1)]
        return [torch.cat(same) for same in zip(*each, strict=True)]

    def _through(self, blocks: range, values: Tensor) -> list[Tensor]:
        """What the pyramid takes of some blocks, and what comes out of the last of them."""
        levels = []
        for number in blocks:
            values = self.backbone[number](values)
            if number in _LEVELS:
                levels.append(values)
        return [*levels, values]


def _convolution(inputs: int, outputs: int, size: int, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, padding=size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def _separable(channels: int) -> nn.Sequential:
    """A 3 × 3 convolution in two cheap parts, for the finest level."""
    return nn.Sequential(_convolution(channels, channels, 3, channels), _convolution(channels, channels, 1))


def fold_for_inference(network: CyclistNetwork) -> CyclistNetwork:
    """The same network without any batch normalisation; changed in place."""
    network.eval()
    fold_normalisation(network.smooth)
    fold_normalisation(network.head)
    return network
