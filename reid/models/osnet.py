"""OSNet (Zhou 2019, Omni-Scale Feature Learning), written from the paper's description."""

import torch
from torch import Tensor, nn

from reid.models.base import ReidNetwork
from reid.models.pooling import PooledEncoder
from reid.models.settings import OsnetSettings
from reid.models.weights import load_by_name, read_tensors

STEM_CHANNELS = 64
STAGE_CHANNELS = (256, 384, 512)
BLOCKS_PER_STAGE = 2
STREAMS = 4
REDUCTION = 16


class OsnetNetwork(ReidNetwork):
    """OSNet with its own head: pooling, FC 512, BN, ReLU; then the optional neck and classifier.

    An embedding of 1000 at width 0.25 and 751 classes has the 1,017,543 parameters that the project
    report on Siamese and BoT networks prints.
    """

    def __init__(self, settings: OsnetSettings) -> None:
        """Build the network.

        Args:
            settings: Width, size of the embedding, neck, classes, weights.
        """
        backbone = OsnetFeatures(settings.width)
        projection = nn.Sequential(
            nn.Linear(backbone.channels, settings.embedding_size),
            nn.BatchNorm1d(settings.embedding_size),
            nn.ReLU(),
        )
        super().__init__(
            PooledEncoder(backbone, "average", projection),
            settings.embedding_size,
            bnneck=settings.bnneck,
            num_classes=settings.num_classes,
        )
        if settings.weights is not None:
            load_by_name(
                self, read_tensors(settings.weights), str(settings.weights), ("classifier.", "neck.")
            )


class OsnetFeatures(nn.Module):
    """The convolutional part of OSNet (table 1 of the paper).

    Attributes:
        channels: Channels of the feature map.
    """

    channels: int

    def __init__(self, width: float) -> None:
        """Build with random weights.

        Args:
            width: Multiplier β of the channels.
        """
        super().__init__()
        stem = int(STEM_CHANNELS * width)
        stages = [int(channels * width) for channels in STAGE_CHANNELS]
        self.channels = stages[-1]
        self.stem = nn.Sequential(
            nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(stem),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
        )
        parts: list[nn.Module] = []
        incoming = stem
        for number, channels in enumerate(stages):
            for _ in range(BLOCKS_PER_STAGE):
                parts.append(OmniScaleBlock(incoming, channels))
                incoming = channels
            parts.append(_pointwise(channels, channels))
            if number < len(stages) - 1:
                parts.append(nn.AvgPool2d(2, stride=2))
        self.stages = nn.Sequential(*parts)
        _initialise(self)

    def forward(self, images: Tensor) -> Tensor:
        """Extract features of all scales.

        Args:
            images: (N, 3, H, W).

        Returns:
            (N, channels, H/16, W/16).
        """
        return self.stages(self.stem(images))


class OmniScaleBlock(nn.Module):
    """Residual bottleneck of four streams whose receptive fields grow from 3 to 9 (figure 4).

    One gate, shared by the streams, weighs the channels of each: x̃ = Σ_t G(x^t) ⊙ x^t (equation 3).
    """

    def __init__(self, incoming: int, channels: int) -> None:
        """Build the block.

        Args:
            incoming: Channels of the input.
            channels: Channels of the output, four times the bottleneck.
        """
        super().__init__()
        middle = channels // 4
        self.reduce = _pointwise(incoming, middle)
        self.streams = nn.ModuleList(
            nn.Sequential(*(LightConvolution(middle) for _ in range(length)))
            for length in range(1, STREAMS + 1)
        )
        self.gate = AggregationGate(middle)
        self.expand = _linear_pointwise(middle, channels)
        self.shortcut = _linear_pointwise(incoming, channels) if incoming != channels else nn.Identity()
        self.act = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        """Fuse the streams and add the shortcut.

        Args:
            maps: (N, incoming, h, w).

        Returns:
            (N, channels, h, w).
        """
        reduced = self.reduce(maps)
        streams = [stream(reduced) for stream in self.streams]
        fused = torch.stack([self.gate(stream) * stream for stream in streams]).sum(0)
        return self.act(self.expand(fused) + self.shortcut(maps))


class LightConvolution(nn.Module):
    """Lite 3×3: pointwise without a non-linearity, then depthwise, BN, ReLU (figure 3b)."""

    def __init__(self, channels: int) -> None:
        """Build the layer.

        Args:
            channels: Channels in and out.
        """
        super().__init__()
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.act = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        """Convolve.

        Args:
            maps: (N, channels, h, w).

        Returns:
            (N, channels, h, w).
        """
        return self.act(self.norm(self.depthwise(self.pointwise(maps))))


class AggregationGate(nn.Module):
    """Pooling and a two-layer network that weighs channels between 0 and 1 (section 3.2)."""

    def __init__(self, channels: int) -> None:
        """Build the gate.

        Args:
            channels: Channels that are weighed.
        """
        super().__init__()
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, channels // REDUCTION, 1),
            nn.ReLU(),
            nn.Conv2d(channels // REDUCTION, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Weigh channels.

        Args:
            maps: (N, channels, h, w).

        Returns:
            (N, channels, 1, 1) in 0..1.
        """
        return self.weigh(maps)


def _linear_pointwise(incoming: int, channels: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(incoming, channels, 1, bias=False), nn.BatchNorm2d(channels))


def _pointwise(incoming: int, channels: int) -> nn.Module:
    return nn.Sequential(*_linear_pointwise(incoming, channels), nn.ReLU())


def _initialise(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
