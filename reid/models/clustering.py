"""From the auto-encoder's latent to a space in which each person is a cluster."""

from torch import Tensor, nn
from torch.nn import functional

from reid.models.settings import ClusteringSettings


class ClusteringNetwork(nn.Module):
    """Plain convolutional network, or a residual one, on the latent of a frozen auto-encoder.

    Attributes:
        dimension: Length D of the cluster space.
    """

    dimension: int

    def __init__(self, settings: ClusteringSettings) -> None:
        """Build the network.

        Args:
            settings: Architecture, depth and width, sizes of latent and cluster space.
        """
        super().__init__()
        self.dimension = settings.embedding_size
        if settings.architecture == "cnn":
            self.body = _plain(settings.latent_channels, settings.width, settings.depth)
            channels = settings.width
        else:
            self.body, channels = _residual(settings)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.project = nn.Linear(channels, settings.embedding_size)

    def forward(self, latent: Tensor) -> Tensor:
        """Place latents in the cluster space.

        Args:
            latent: (N, latent_channels, h, w).

        Returns:
            (N, D).
        """
        return self.project(self.pool(self.body(latent)).flatten(1))

    def embed(self, latent: Tensor) -> Tensor:
        """Embed for retrieval.

        Args:
            latent: (N, latent_channels, h, w).

        Returns:
            (N, D), rows of unit norm.
        """
        return functional.normalize(self(latent))


def _plain(incoming: int, width: int, depth: int) -> nn.Module:
    layers: list[nn.Module] = []
    for number in range(depth):
        channels = incoming if number == 0 else width
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers)


def _residual(settings: ClusteringSettings) -> tuple[nn.Module, int]:
    import torchvision

    network = getattr(torchvision.models, settings.architecture)(weights=None)
    # A latent is already small: the stem neither shrinks it nor expects colours.
    stem = nn.Conv2d(settings.latent_channels, 64, 3, padding=1, bias=False)
    stages = (network.layer1, network.layer2, network.layer3, network.layer4)
    return nn.Sequential(stem, network.bn1, network.relu, *stages), network.fc.in_features
