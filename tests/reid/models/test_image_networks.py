"""Segmentation, auto-encoder and clustering network."""

import pytest
import torch
from torch import nn

from reid.models import build


@pytest.mark.parametrize("depth", [9, 18, 34])
def test_segmentation_has_the_depth_of_its_name(depth: int) -> None:
    with torch.device("meta"):
        network = build("segmentation", depth=depth)
    # The last of the counted layers is the classifier; shortcuts do not count.
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d) and m.kernel_size != (1, 1)]
    assert len(convolutions) + 1 == depth + (depth == 9)


@pytest.mark.parametrize(("output_stride", "cells"), [(8, (8, 4)), (16, (4, 2)), (32, (2, 1))])
def test_dilation_keeps_cells_and_field_of_view(output_stride: int, cells: tuple[int, int]) -> None:
    network = build("segmentation", depth=9, output_stride=output_stride).eval()
    images = torch.randn(1, 3, 64, 32)
    with torch.inference_mode():
        maps = network.stem(images)
        for stage in network.stages:
            maps = stage(maps)
        assert tuple(maps.shape[2:]) == cells
        assert network(images).shape == (1, 1, 64, 32)
    dilations = [
        next(m for m in stage.modules() if isinstance(m, nn.Conv2d)).dilation[0] for stage in network.stages
    ]
    assert [32 // output_stride, max(1, 16 // output_stride)] == [dilations[3], dilations[2]]


def test_dilation_costs_no_parameters_so_that_imagenet_weights_fit() -> None:
    with torch.device("meta"):
        shapes = [
            [p.shape for p in build("segmentation", output_stride=stride).parameters()] for stride in (8, 32)
        ]
    assert shapes[0] == shapes[1]


def test_background_turns_black_and_the_person_stays() -> None:
    network = build("segmentation", depth=9).eval()
    images = torch.randn(2, 3, 33, 17)
    black = torch.tensor([-2.1, -2.0, -1.8])
    with torch.inference_mode():
        person = torch.sigmoid(network(images)) >= 0.5
        result = network.blacken_background(images, black)
    kept = person.expand_as(images)
    assert torch.equal(result[kept], images[kept])
    assert torch.equal(result[~kept], black.view(1, 3, 1, 1).expand_as(images)[~kept])


def test_auto_encoder_gives_back_an_image_of_the_same_size() -> None:
    network = build("cae", output="sigmoid")
    output = network(torch.rand(2, 3, 64, 32))
    assert output.latent.shape == (2, 512, 2, 1)
    assert output.image.shape == (2, 3, 64, 32)
    assert output.image.min() >= 0
    assert output.image.max() <= 1
    output.image.sum().backward()
    assert not [n for n, p in network.named_parameters() if p.grad is None]


def test_auto_encoder_names_the_size_it_cannot_take() -> None:
    network = build("cae")
    with pytest.raises(ValueError, match=r"images of \(64, 48\) pixels; sides must be multiples of 32"):
        network(torch.rand(2, 3, 64, 48))


@pytest.mark.parametrize(
    ("options", "convolutions"),
    [
        ({"architecture": "cnn", "width": 16}, 8),
        ({"architecture": "cnn", "depth": 3, "width": 4}, 3),
        ({"architecture": "resnet18"}, 20),
        ({"architecture": "resnet101"}, 104),
    ],
)
def test_clustering_network_comes_in_any_breadth_and_depth(
    options: dict[str, object], convolutions: int
) -> None:
    with torch.device("meta"):
        network = build("clustering", embedding_size=24, **options).eval()
        assert sum(isinstance(m, nn.Conv2d) for m in network.modules()) == convolutions
        assert network(torch.zeros(2, 512, 8, 4)).shape == (2, network.dimension) == (2, 24)


def test_clustering_network_embeds_with_unit_norm() -> None:
    network = build("clustering", width=8, latent_channels=16, embedding_size=4).eval()
    with torch.inference_mode():
        norms = network.embed(torch.randn(3, 16, 4, 2)).norm(dim=1)
    assert torch.allclose(norms, torch.ones(3))
