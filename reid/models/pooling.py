"""Feature maps to feature vectors."""

from typing import Literal

from torch import Tensor, nn


class PooledEncoder(nn.Module):
    """A backbone whose feature map is pooled over all places and projected."""

    def __init__(
        self, backbone: nn.Module, pooling: Literal["average", "max"], projection: nn.Module | None = None
    ) -> None:
        """Chain the parts.

        Args:
            backbone: (N, 3, H, W) to (N, C, h, w).
            pooling: Mean or maximum over the places.
            projection: (N, C) to (N, D); None leaves the pooled feature as it is.
        """
        super().__init__()
        self.backbone = backbone
        self.pool = nn.AdaptiveAvgPool2d(1) if pooling == "average" else nn.AdaptiveMaxPool2d(1)
        self.projection = projection if projection is not None else nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """Pool and project.

        Args:
            images: (N, 3, H, W).

        Returns:
            (N, D).
        """
        return self.projection(self.pool(self.backbone(images)).flatten(1))
