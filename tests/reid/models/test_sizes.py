"""Parameters and multiply-adds against what papers and libraries print."""

import pytest
import torch

from reid.models import build
from reid.models.backbones import build_backbone
from reid.models.complexity import count_multiply_adds, count_parameters
from reid.models.settings import BotSettings

STRIDE_CAN_GO = (
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3",
    "efficientnet_b0",
    "efficientnet_b1",
    "xception",
)


@pytest.mark.parametrize(
    ("name", "options", "parameters"),
    [
        pytest.param(
            "bot", {"num_classes": 751}, 25_050_927, id="BoT: R50 23,508,032 + BN 4,096 + classifier"
        ),
        pytest.param("bot", {"bnneck": False}, 23_508_032, id="ResNet-50 without its head"),
        pytest.param(
            "mobilenet_v3",
            {"num_classes": 751, "keep_imagenet_head": True},
            6_206_663,
            id="MobileNetV3 with the unused ImageNet head the paper counts",
        ),
        pytest.param("mobilenet_v3", {"bnneck": False}, 2_971_952, id="MobileNetV3 without that head"),
        pytest.param(
            "osnet",
            {"width": 0.25, "embedding_size": 1000, "num_classes": 751},
            1_017_543,
            id="OSNet x0.25 with the 1000 features the paper states",
        ),
        # The authors' tool counts each block's shared gate once per stream and so prints 2,193,616.
        pytest.param("osnet", {}, 2_169_508, id="OSNet x1.0, printed as 2.2 M"),
    ],
)
def test_parameters_are_exactly_those_of_the_paper(
    name: str, options: dict[str, object], parameters: int
) -> None:
    with torch.device("meta"):
        network = build(name, **options)
    assert count_parameters(network) == parameters


def test_osnet_needs_the_printed_multiply_adds() -> None:
    with torch.device("meta"):
        network = build("osnet")
    multiply_adds = count_multiply_adds(network, 256, 128)
    assert multiply_adds == 978_875_392
    assert round(multiply_adds / 1e6, 1) == 978.9


@pytest.mark.parametrize(
    ("backbone", "millions"),
    [
        ("resnet50", 25.557032),
        ("resnet101", 44.549160),
        ("mobilenet_v1", 4.231976),
        ("mobilenet_v2", 3.504872),
        ("mobilenet_v3", 5.483032),
        ("efficientnet_b0", 5.288548),
        ("efficientnet_b1", 7.794184),
        ("nasnet_mobile", 5.289978),
        ("inception_v3", 23.834568),
        ("xception", 22.855952),
    ],
)
def test_backbone_with_imagenet_head_has_the_published_parameters(backbone: str, millions: float) -> None:
    with torch.device("meta"):
        parts = build_backbone(BotSettings(backbone=backbone))
    found = count_parameters(parts.features) + count_parameters(parts.head)
    assert found == round(millions * 1e6), f"{backbone}: {found:,}"


@pytest.mark.parametrize("backbone", STRIDE_CAN_GO)
def test_last_stride_of_one_doubles_the_feature_map(backbone: str) -> None:
    images = torch.zeros(1, 3, 256, 128, device="meta")
    with torch.device("meta"):
        shapes = {
            stride: tuple(
                build_backbone(BotSettings(backbone=backbone, last_stride=stride))
                .features.eval()(images)
                .shape
            )
            for stride in (1, 2)
        }
    assert shapes[2][2:] == (8, 4)
    assert shapes[1] == (*shapes[2][:2], 16, 8)


@pytest.mark.parametrize("backbone", ["nasnet_mobile", "inception_v3"])
def test_backbone_without_a_single_last_stride_refuses_one(backbone: str) -> None:
    from tracking.errors import UsageError

    with torch.device("meta"):
        network = build(backbone).eval()
        assert network(torch.zeros(1, 3, 128, 96, device="meta")).embedding.shape[1] == network.dimension
        with pytest.raises(UsageError, match=f"last_stride: 1 is not possible with {backbone}"):
            build(backbone, last_stride=1)


def test_counting_leaves_the_network_as_it_was() -> None:
    layer = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, stride=2, groups=1, bias=True), torch.nn.ReLU())
    layer.train()
    # 4 channels of 3 × 3 outputs, each from 27 inputs.
    assert count_multiply_adds(layer, 7, 7) == 4 * 9 * 27
    assert layer.training
    assert not layer[0]._forward_hooks
