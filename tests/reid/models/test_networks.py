"""What the networks promise, on images of a few dozen pixels."""

import pytest
import torch

from reid.models import build
from reid.models.base import ReidOutput
from reid.models.osnet import OmniScaleBlock

TINY = (4, 3, 64, 32)
SMALL_NETWORKS = {
    "bot": {"backbone": "resnet18", "num_classes": 5},
    "dcnn": {"backbone": "resnet18", "embedding_size": 16, "num_classes": 5},
    "trinet": {"backbone": "resnet18", "hidden_size": 32, "embedding_size": 16},
    "osnet": {"width": 0.25, "num_classes": 5},
    "mildnet": {"hidden_size": 16, "embedding_size": 8},
    "siamese": {"backbone": "resnet18", "input_size": (64, 32)},
    "verification": {"backbone": "resnet18", "embedding_size": 16, "hidden_size": 8, "num_classes": 5},
}


@pytest.mark.parametrize("name", sorted(SMALL_NETWORKS))
def test_network_embeds_and_every_trained_parameter_has_a_gradient(name: str) -> None:
    network = build(name, **SMALL_NETWORKS[name])
    images = torch.randn(TINY)
    output = network(images)
    assert isinstance(output, ReidOutput)
    assert output.features.shape == output.embedding.shape == (4, network.dimension)
    assert (output.logits is None) == ("num_classes" not in SMALL_NETWORKS[name])

    heads = output.features.square().sum() + output.embedding.sum()
    if output.logits is not None:
        heads = heads + output.logits.square().sum()
    if name == "verification":
        heads = heads + network.verify(output.embedding, output.embedding.flip(0)).sum()
    heads.backward()
    untouched = [n for n, p in network.named_parameters() if p.requires_grad and p.grad is None]
    assert not untouched

    network.eval()
    with torch.inference_mode():
        norms = network.embed(images).norm(dim=1)
    assert torch.allclose(norms, torch.ones(4), atol=1e-5), norms


def test_neck_separates_features_from_embedding_and_does_not_shift() -> None:
    network = build("bot", backbone="resnet18", num_classes=5)
    output = network(torch.randn(TINY))
    assert not torch.allclose(output.features, output.embedding)
    assert not network.neck.bias.requires_grad
    mean = output.embedding.mean(0).abs().max()
    assert mean < 1e-4, f"the neck's output has mean {mean}"


def test_every_trick_of_bot_is_a_switch() -> None:
    plain = build(
        "bot",
        backbone="resnet18",
        bnneck=False,
        last_stride=2,
        pooling="max",
        embedding_size=8,
        num_classes=5,
        classifier_bias=False,
    )
    output = plain(torch.randn(TINY))
    assert output.features is output.embedding
    assert output.features.shape == (4, 8)
    assert plain.classifier.bias is None


def test_same_seed_gives_the_same_weights() -> None:
    weights = []
    for _ in range(2):
        torch.manual_seed(11)
        weights.append(torch.cat([p.flatten() for p in build("osnet", width=0.25).parameters()]))
    assert torch.equal(*weights)


def test_streams_of_osnet_see_three_to_nine_pixels() -> None:
    block = OmniScaleBlock(64, 64).eval()
    seen = []
    for stream in block.streams:
        maps = torch.randn(1, 16, 15, 15, requires_grad=True)
        stream(maps)[0, :, 7, 7].sum().backward()
        rows = maps.grad.abs().sum(dim=(0, 1, 3)) > 0
        seen.append(int(rows.sum()))
    assert seen == [3, 5, 7, 9]


def test_mildnet_concatenates_five_depths() -> None:
    network = build("mildnet", hidden_size=4, embedding_size=2)
    assert [len(block) for block in network.encoder.blocks] == [5, 5, 7, 7, 7]
    assert network.encoder.projection[0].in_features == 1472


def test_siamese_distance_is_that_of_the_embeddings() -> None:
    network = build("siamese", **SMALL_NETWORKS["siamese"]).eval()
    first, second = torch.randn(TINY), torch.randn(TINY)
    with torch.inference_mode():
        distances = network.distance(first, second)
        expected = (network.embed(first) - network.embed(second)).norm(dim=1)
        itself = network.distance(first, first)
    assert torch.allclose(distances, expected, atol=1e-5)
    assert torch.all(itself == 0)
    assert torch.all(distances <= 2)


@pytest.mark.parametrize("last_stride", [1, 2])
@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize("size", [(64, 32), (70, 41)])
def test_siamese_knows_the_length_of_its_embedding(
    last_stride: int, pooled: bool, size: tuple[int, int]
) -> None:
    with torch.device("meta"):
        network = build(
            "siamese", backbone="resnet18", pooled=pooled, last_stride=last_stride, input_size=size
        )
        embedding = network(torch.zeros(2, 3, *size)).embedding
    assert embedding.shape == (2, network.dimension)


def test_verification_does_not_depend_on_the_order_of_the_pair() -> None:
    network = build("verification", **SMALL_NETWORKS["verification"]).eval()
    first, second = torch.randn(6, 16), torch.randn(6, 16)
    with torch.inference_mode():
        forward, backward = network.verify(first, second), network.verify(second, first)
    assert torch.allclose(forward, backward)
    assert torch.all((forward > 0) & (forward < 1))


def test_a_single_layer_on_a_concatenation_cannot_compare() -> None:
    """Why the head has a hidden layer: without one, swapping partners between two pairs changes nothing."""
    a, b, c, d = torch.randn(4, 5, 16).double()
    swaps = {}
    for hidden in (None, 8):
        head = build("verification", backbone="resnet18", embedding_size=16, hidden_size=hidden).head.double()
        swaps[hidden] = (head(a, b) + head(c, d) - head(a, d) - head(c, b)).abs().max().item()
    assert swaps[None] < 1e-12, swaps
    assert swaps[8] > 1e-3, swaps


def test_squared_difference_head_sees_only_how_far_two_images_are_apart() -> None:
    head = build(
        "verification", backbone="resnet18", embedding_size=16, mode="squared_difference", hidden_size=None
    ).head
    a, b, shift = torch.randn(3, 5, 16)
    assert torch.allclose(head(a, b), head(b + shift, a + shift), atol=1e-4)


def test_a_mirrored_network_takes_an_image_and_its_mirror_image_for_the_same() -> None:
    images = torch.randn(TINY)
    torch.manual_seed(0)
    plain = build("bot", backbone="resnet18").eval()
    torch.manual_seed(0)
    mirrored = build("bot", backbone="resnet18", mirrored=True).eval()
    with torch.inference_mode():
        both = [mirrored.embed(images), mirrored.embed(images.flip(-1))]
        mean = torch.nn.functional.normalize(plain.embed(images) + plain.embed(images.flip(-1)))
        assert not torch.allclose(plain.embed(images), plain.embed(images.flip(-1)), atol=1e-4)
    assert torch.allclose(both[0], both[1], atol=1e-5)
    assert torch.allclose(both[0], mean, atol=1e-5)
