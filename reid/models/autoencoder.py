"""Convolutional auto-encoder of person crops."""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from reid.models.settings import CaeSettings
from reid.models.weights import load_by_name, read_tensors

STRIDE = 32


class Reconstruction(NamedTuple):
    """What the auto-encoder makes of N images.

    Attributes:
        latent: (N, 512, H/32, W/32) hidden layer.
        image: (N, 3, H, W) reconstruction.
    """

    latent: Tensor
    image: Tensor

    @property
    def embedding(self) -> Tensor:
        """(N, D) the hidden layer in one row, by the name that other networks give to what is compared."""
        return self.latent.flatten(1)


class AutoEncoder(nn.Module):
    """ResNet-18 without pooling and classifier, and its mirror image of transposed convolutions."""

    def __init__(self, settings: CaeSettings) -> None:
        """Build the network.

        Args:
            settings: Weights of the encoder, kind of output.
        """
        super().__init__()
        self.encoder = _encoder(settings)
        self.decoder = nn.Sequential(
            *_mirror_stage(512, 256, 2),
            *_mirror_stage(256, 128, 2),
            *_mirror_stage(128, 64, 2),
            *_mirror_stage(64, 64, 1),
            _upsample(64, 64, 2),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 3, 8, stride=2, padding=3),
            nn.Sigmoid() if settings.output == "sigmoid" else nn.Identity(),
        )

    def forward(self, images: Tensor) -> Reconstruction:
        """Encode and decode.

        Args:
            images: (N, 3, H, W), sides multiples of 32.

        Returns:
            Latent and reconstruction.

        Raises:
            ValueError: If a side is no multiple of 32.
        """
        if images.shape[2] % STRIDE or images.shape[3] % STRIDE:
            raise ValueError(
                f"images of {tuple(images.shape[2:])} pixels; sides must be multiples of {STRIDE}"
            )
        latent = self.encoder(images)
        return Reconstruction(latent, self.decoder(latent))

    def embed(self, images: Tensor) -> Tensor:
        """Embed for retrieval.

        Args:
            images: (N, 3, H, W), sides multiples of 32.

        Returns:
            (N, D) hidden layer in one row of unit norm.
        """
        return functional.normalize(self.encoder(images).flatten(1))


class MirroredBlock(nn.Module):
    """Basic residual block turned round: transposed convolutions, the second one enlarges."""

    def __init__(self, incoming: int, channels: int, stride: int) -> None:
        """Build the block.

        Args:
            incoming: Channels of the input.
            channels: Channels of the output.
            stride: Factor of enlargement, 1 or 2.
        """
        super().__init__()
        self.body = nn.Sequential(
            nn.ConvTranspose2d(incoming, incoming, 3, padding=1, bias=False),
            nn.BatchNorm2d(incoming),
            nn.ReLU(),
            _upsample(incoming, channels, stride),
        )
        same = stride == 1 and incoming == channels
        self.shortcut = nn.Identity() if same else _upsample(incoming, channels, stride)
        self.act = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        """Enlarge and add the shortcut.

        Args:
            maps: (N, incoming, h, w).

        Returns:
            (N, channels, stride · h, stride · w).
        """
        return self.act(self.body(maps) + self.shortcut(maps))


def _mirror_stage(incoming: int, channels: int, stride: int) -> tuple[nn.Module, nn.Module]:
    return MirroredBlock(incoming, incoming, 1), MirroredBlock(incoming, channels, stride)


def _upsample(incoming: int, channels: int, stride: int) -> nn.Module:
    # Kernel 4 at stride 2 covers every output pixel equally often, which kernel 3 does not.
    kernel = 4 if stride == 2 else 3
    return nn.Sequential(
        nn.ConvTranspose2d(incoming, channels, kernel, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(channels),
    )


def _encoder(settings: CaeSettings) -> nn.Module:
    from torchvision.models import resnet18

    network = resnet18(weights=None)
    if settings.weights is not None:
        load_by_name(network, read_tensors(settings.weights), str(settings.weights), ("fc.",))
    return nn.Sequential(*list(network.children())[:-2])
