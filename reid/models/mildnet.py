"""MILDNet: VGG16 whose pooled features of five depths are concatenated."""

import torch
from torch import Tensor, nn

from reid.models.base import ReidNetwork
from reid.models.settings import MildnetSettings
from reid.models.weights import freeze_first_convolutions, load_by_name, read_tensors

SKIP_CHANNELS = (64, 128, 256, 512, 512)


class MildnetNetwork(ReidNetwork):
    """Multi-layer VGG16: 64 + 128 + 256 + 512 + 512 = 1472 pooled channels, FC, dropout, FC 2048.

    The thesis speaks of four and of five skips; four intermediate outputs and the last one make the
    1472 it draws.
    """

    def __init__(self, settings: MildnetSettings) -> None:
        """Build the network.

        Args:
            settings: Sizes of the layers, weights, frozen convolutions.
        """
        super().__init__(_MildnetEncoder(settings), settings.embedding_size)


class _MildnetEncoder(nn.Module):
    def __init__(self, settings: MildnetSettings) -> None:
        super().__init__()
        features = _vgg16_features(settings)
        self.blocks = nn.ModuleList(_split_after_pools(features))
        self.projection = nn.Sequential(
            nn.Linear(sum(SKIP_CHANNELS), settings.hidden_size),
            nn.Dropout(settings.dropout),
            nn.Linear(settings.hidden_size, settings.embedding_size),
        )

    def forward(self, images: Tensor) -> Tensor:
        pooled = []
        maps = images
        for block in self.blocks:
            maps = block(maps)
            pooled.append(maps.mean(dim=(2, 3)))
        return self.projection(torch.cat(pooled, dim=1))


def _vgg16_features(settings: MildnetSettings) -> nn.Module:
    # The whole VGG16 would carry 124 M parameters of a classifier nobody uses.
    from torchvision.models.vgg import cfgs, make_layers

    features = make_layers(cfgs["D"], batch_norm=settings.batch_norm)
    for module in features:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            nn.init.zeros_(module.bias)
    if settings.weights is not None:
        wrapped = nn.ModuleDict({"features": features})
        load_by_name(wrapped, read_tensors(settings.weights), str(settings.weights), ("classifier.",))
    freeze_first_convolutions(features, settings.frozen_convolutions)
    return features


def _split_after_pools(features: nn.Module) -> list[nn.Module]:
    blocks: list[nn.Module] = []
    current: list[nn.Module] = []
    for layer in features:
        current.append(layer)
        if isinstance(layer, nn.MaxPool2d):
            blocks.append(nn.Sequential(*current))
            current = []
    return blocks
