"""BoT, DCNN and TriNet: networks for one crop on an ImageNet backbone."""

from torch import nn

from reid.models.backbones import build_backbone
from reid.models.base import ReidNetwork
from reid.models.pooling import PooledEncoder
from reid.models.settings import BotSettings, DcnnSettings, TriNetSettings


class BotNetwork(ReidNetwork):
    """Bag of tricks and a strong baseline (Luo 2019), on any backbone.

    Backbone, pooling, BNNeck, classifier. Metric losses take the pooled feature, the classifier and
    the comparison of images the one behind the neck.
    """

    def __init__(self, settings: BotSettings) -> None:
        """Build the network.

        Args:
            settings: Backbone, tricks, classes.
        """
        parts = build_backbone(settings)
        projection = None
        if settings.embedding_size is not None:
            projection = nn.Linear(parts.channels, settings.embedding_size)
        super().__init__(
            PooledEncoder(parts.features, settings.pooling, projection),
            settings.embedding_size or parts.channels,
            bnneck=settings.bnneck,
            num_classes=settings.num_classes,
            classifier_bias=settings.classifier_bias,
            mirrored=settings.mirrored,
        )
        if settings.keep_imagenet_head:
            self.unused_head = parts.head


class DcnnNetwork(ReidNetwork):
    """Classification network: backbone, pooling, embedding of size N, classifier.

    The baseline of the cyclist thesis that is trained with cross-entropy only. The size N is not
    stated there.
    """

    def __init__(self, settings: DcnnSettings) -> None:
        """Build the network.

        Args:
            settings: Backbone, size of the embedding, classes.
        """
        parts = build_backbone(settings)
        projection = nn.Linear(parts.channels, settings.embedding_size)
        super().__init__(
            PooledEncoder(parts.features, "average", projection),
            settings.embedding_size,
            num_classes=settings.num_classes,
        )


class TriNetNetwork(ReidNetwork):
    """TriNet (Hermans 2017, section 4.3): pooled ResNet-50, FC 1024 with BN and ReLU, FC 128.

    The triplet network of the body-recognition thesis has the same head.
    """

    def __init__(self, settings: TriNetSettings) -> None:
        """Build the network.

        Args:
            settings: Backbone and sizes of the two layers.
        """
        parts = build_backbone(settings)
        projection = nn.Sequential(
            nn.Linear(parts.channels, settings.hidden_size),
            nn.BatchNorm1d(settings.hidden_size),
            nn.ReLU(),
            nn.Linear(settings.hidden_size, settings.embedding_size),
        )
        super().__init__(PooledEncoder(parts.features, "average", projection), settings.embedding_size)
