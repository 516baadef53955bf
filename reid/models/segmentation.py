"""Which pixels of a crop show the person: a dilated residual network."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from reid.models.settings import SegmentationSettings
from reid.models.weights import load_by_name, read_tensors

BLOCKS = {9: (1, 1, 1, 1), 18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}


class SegmentationNetwork(nn.Module):
    """Fully convolutional ResNet-9, -18 or -34 with dilation in place of the last strides.

    After the report on segmented re-identification: dropout behind every stage and up-sampling behind
    the last layer. Its "extra stride" is read as an output stride of 16 where the code it started
    from had 8.
    """

    def __init__(self, settings: SegmentationSettings) -> None:
        """Build the network.

        Args:
            settings: Depth, output stride, dropout, weights.
        """
        super().__init__()
        network = _residual_network(settings)
        self.stem = nn.Sequential(network.conv1, network.bn1, network.relu, network.maxpool)
        self.stages = nn.ModuleList([network.layer1, network.layer2, network.layer3, network.layer4])
        _replace_strides_by_dilation(self.stages, settings.output_stride)
        self.dropout = nn.Dropout2d(settings.dropout)
        self.score = nn.Conv2d(512, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Score each pixel.

        Args:
            images: (N, 3, H, W) normalised.

        Returns:
            (N, 1, H, W) logits of the person.
        """
        maps = self.stem(images)
        for stage in self.stages:
            maps = self.dropout(stage(maps))
        return functional.interpolate(
            self.score(maps), size=images.shape[2:], mode="bilinear", align_corners=False
        )

    def blacken_background(self, images: Tensor, black: Tensor, threshold: float = 0.5) -> Tensor:
        """Set the pixels that do not show the person to black.

        Args:
            images: (N, 3, H, W) normalised.
            black: (3,) value of black after normalisation, -mean / std.
            threshold: Least probability of the person that keeps a pixel.

        Returns:
            (N, 3, H, W).
        """
        keep = torch.sigmoid(self(images)) >= threshold
        return torch.where(keep, images, black.to(images).view(1, 3, 1, 1))


def _residual_network(settings: SegmentationSettings) -> nn.Module:
    from torchvision.models.resnet import BasicBlock, ResNet

    network = ResNet(BasicBlock, list(BLOCKS[settings.depth]), num_classes=1)
    if settings.weights is not None:
        load_by_name(network, read_tensors(settings.weights), str(settings.weights), ("fc.",))
    return network


def _replace_strides_by_dilation(stages: nn.ModuleList, output_stride: int) -> None:
    # torchvision refuses dilation in basic blocks, so strides are exchanged after the construction.
    stride, dilation = 4, 1
    for stage in stages[1:]:
        if stride < output_stride:
            stride *= 2
            continue
        dilation *= 2
        for module in stage.modules():
            if isinstance(module, nn.Conv2d):
                module.stride = (1, 1)
                if module.kernel_size == (3, 3):
                    module.dilation = module.padding = (dilation, dilation)
