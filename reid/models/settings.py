"""Which network of the laboratory is built, and with which of its tricks."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tracking.settings import Settings

Backbone = Literal[
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3",
    "efficientnet_b0",
    "efficientnet_b1",
    "nasnet_mobile",
    "inception_v3",
    "xception",
]
Classes = Annotated[int, Field(ge=2)]
Share = Annotated[float, Field(ge=0.0, lt=1.0)]
Width = Annotated[int, Field(ge=1, le=65536)]


class BackboneSettings(Settings):
    """What networks on an ImageNet backbone have in common."""

    backbone: Backbone = Field(default="resnet50", description="convolutional part")
    last_stride: Literal[1, 2] | None = Field(
        default=2, description="stride of the last stage; None: 1 where the backbone allows it, else 2"
    )
    weights: Path | None = Field(
        default=None,
        description="local file of ImageNet weights (.pth or .safetensors); nothing is downloaded",
    )
    weights_layout: Literal["names", "order"] = Field(
        default="names",
        description="how tensors of the file find their place: by name, or by order and shape",
    )
    frozen_convolutions: int = Field(
        default=0, ge=0, description="first convolutions (with their BN) that are not trained"
    )


class BotSettings(BackboneSettings):
    """Bag of tricks (Luo 2019): the tricks that live in the network, each a switch."""

    name: Literal["bot"] = "bot"
    num_classes: Classes | None = Field(default=None, description="train identities; None: no classifier")
    last_stride: Literal[1, 2] | None = Field(
        default=None, description="stride of the last stage; None: 1 where the backbone allows it, else 2"
    )
    bnneck: bool = Field(default=True, description="batch normalisation between metric loss and classifier")
    pooling: Literal["average", "max"] = Field(default="average", description="feature map to vector")
    embedding_size: Width | None = Field(
        default=None, description="size of a fully connected layer after pooling; None: the pooled feature"
    )
    classifier_bias: bool = Field(default=True, description="classifier with bias, as the counted one has")
    mirrored: bool = Field(
        default=False,
        description="compare the mean of the embeddings of an image and its mirror image; twice the work",
    )
    keep_imagenet_head: bool = Field(
        default=False,
        description="carry the backbone's unused ImageNet classifier along, as one paper counts it",
    )


class DcnnSettings(BackboneSettings):
    """Plain classification network whose last hidden layer is the embedding."""

    name: Literal["dcnn"] = "dcnn"
    num_classes: Classes | None = Field(default=None, description="train identities; None: no classifier")
    embedding_size: Width = Field(default=512, description="size N of the embedding layer")


class TriNetSettings(BackboneSettings):
    """TriNet (Hermans 2017): a metric network without a classifier."""

    name: Literal["trinet"] = "trinet"
    hidden_size: Width = Field(default=1024, description="size of the hidden layer with BN and ReLU")
    embedding_size: Width = Field(default=128, description="size of the embedding")


class OsnetSettings(Settings):
    """OSNet (Zhou 2019): omni-scale features."""

    name: Literal["osnet"] = "osnet"
    width: float = Field(default=1.0, ge=0.25, le=1.0, multiple_of=0.25, description="multiplier of channels")
    num_classes: Classes | None = Field(default=None, description="train identities; None: no classifier")
    bnneck: bool = Field(default=False, description="batch normalisation between metric loss and classifier")
    embedding_size: Width = Field(default=512, description="size of the embedding")
    weights: Path | None = Field(default=None, description="local file written from this network")


class MildnetSettings(Settings):
    """MILDNet: pooled features of five depths of VGG16."""

    name: Literal["mildnet"] = "mildnet"
    hidden_size: Width = Field(default=2048, description="size of the layer between concatenation and output")
    embedding_size: Width = Field(default=2048, description="size of the embedding")
    dropout: Share = Field(default=0.5, description="dropout between the two layers")
    batch_norm: bool = Field(
        default=False, description="VGG16 with BN, which also trains from random weights"
    )
    weights: Path | None = Field(default=None, description="local file of torchvision's VGG16 weights")
    frozen_convolutions: int = Field(
        default=0, ge=0, le=13, description="first convolutions that are not trained; 7 in the source thesis"
    )


class SiameseSettings(BackboneSettings):
    """Siamese network: distance of two images through shared weights."""

    name: Literal["siamese"] = "siamese"
    backbone: Backbone = Field(default="resnet101", description="convolutional part")
    pooled: bool = Field(default=False, description="average the feature map instead of flattening it")
    input_size: tuple[Width, Width] = Field(
        default=(256, 128), description="height and width; they fix the length of a flattened embedding"
    )
    normalised: bool = Field(
        default=True, description="unit norm, for a margin of 2 at most; off: the report's margin of 100"
    )


class VerificationSettings(BackboneSettings):
    """Pair verification: probability that two images show one person."""

    name: Literal["verification"] = "verification"
    num_classes: Classes | None = Field(
        default=None, description="train identities of the identification branch; None: verification alone"
    )
    embedding_size: Width = Field(default=512, description="size of the embedding of one image")
    mode: Literal["concatenate", "squared_difference"] = Field(
        default="concatenate", description="what the head sees of a pair"
    )
    hidden_size: Width | None = Field(
        default=512, description="hidden layer of the head; None: the single layer of the source report"
    )


class SegmentationSettings(Settings):
    """Dilated residual network that marks the pixels of a person."""

    name: Literal["segmentation"] = "segmentation"
    depth: Literal[9, 18, 34] = Field(default=18, description="layers of the residual network")
    output_stride: Literal[8, 16, 32] = Field(
        default=16, description="pixels of the image per cell before up-sampling; below 32 by dilation"
    )
    dropout: Share = Field(default=0.1, description="dropout of channels after each stage")
    weights: Path | None = Field(
        default=None, description="local file of torchvision's resnet18 or resnet34 weights; none fit depth 9"
    )

    @model_validator(mode="after")
    def _weights_exist_for_depth(self) -> Self:
        if self.weights is not None and self.depth == 9:
            raise ValueError("no library has ImageNet weights of a 9-layer ResNet; leave out weights")
        return self


class CaeSettings(Settings):
    """Convolutional auto-encoder."""

    name: Literal["cae"] = "cae"
    weights: Path | None = Field(default=None, description="local file of torchvision's resnet18 weights")
    output: Literal["linear", "sigmoid"] = Field(
        default="linear", description="linear for normalised images, sigmoid for images in 0..1"
    )


class ClusteringSettings(Settings):
    """Clustering network: latent of the auto-encoder to a space where persons form clusters."""

    name: Literal["clustering"] = "clustering"
    architecture: Literal["cnn", "resnet18", "resnet34", "resnet50", "resnet101"] = Field(
        default="cnn", description="plain convolutional network, or a residual one"
    )
    depth: int = Field(default=8, ge=2, le=64, description="convolutions of the plain network")
    width: Width = Field(default=256, description="channels of the plain network")
    latent_channels: Width = Field(default=512, description="channels of the auto-encoder's latent")
    embedding_size: Width = Field(default=128, description="dimension of the cluster space")


ModelSettings = Annotated[
    BotSettings
    | DcnnSettings
    | TriNetSettings
    | OsnetSettings
    | MildnetSettings
    | SiameseSettings
    | VerificationSettings
    | SegmentationSettings
    | CaeSettings
    | ClusteringSettings,
    Field(discriminator="name"),
]
