"""Weights come from local files only, and only the right ones are taken."""

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from reid.models import build
from reid.models.weights import freeze_first_convolutions, load_by_name, load_in_order, read_tensors
from tracking.errors import WeightsError


class Runs:
    """A pickle that would run a command if it were trusted."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.trace}",)


def small() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 2, 1))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_imagenet_weights_of_a_library_fill_the_backbone(tmp_path: Path, suffix: str) -> None:
    import torchvision

    official = torchvision.models.resnet18(weights=None)
    path = tmp_path / f"resnet18{suffix}"
    state = official.state_dict()
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)

    network = build("bot", backbone="resnet18", last_stride=2, weights=path).eval()
    images = torch.randn(1, 3, 64, 32)
    official.fc = nn.Identity()
    with torch.inference_mode():
        difference = (network(images).features - official.eval()(images)).abs().max().item()
    assert difference == 0


def test_mobilenet_v2_of_another_library_fits_by_order(tmp_path: Path) -> None:
    import torchvision

    official = torchvision.models.mobilenet_v2()
    renamed = {f"t{i}": value for i, value in enumerate(official.state_dict().values()) if value.ndim}
    path = tmp_path / "renamed.pth"
    torch.save(renamed, path)
    network = build("mobilenet_v2", weights=path, weights_layout="order")
    mine = network.encoder.backbone.state_dict()
    theirs = official.features.state_dict()
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs if theirs[name].ndim)


def test_osnet_reads_its_own_weights_whatever_the_classifier(tmp_path: Path) -> None:
    source = build("osnet", width=0.25, num_classes=7)
    path = tmp_path / "osnet.pth"
    torch.save(source.state_dict(), path)
    copy = build("osnet", width=0.25, num_classes=9, weights=path)
    name = "encoder.projection.0.weight"
    assert torch.equal(copy.state_dict()[name], source.state_dict()[name])
    assert copy.classifier.out_features == 9


def test_code_in_a_weights_file_is_not_run(tmp_path: Path) -> None:
    trace, path = tmp_path / "ran", tmp_path / "evil.pth"
    torch.save({"weight": Runs(trace)}, path)
    with pytest.raises(WeightsError, match=r"evil\.pth: not a file of plain tensors"):
        read_tensors(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("absent.pth", None, "no such file; give a local file of weights, nothing is downloaded"),
        ("text.pth", b"hello", "not a file of plain tensors"),
        ("empty.pth", b"", "not a file of plain tensors"),
        ("text.safetensors", b"hello world, no tensors", "damaged, or no safetensors file"),
    ],
)
def test_unreadable_file_is_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=sentence):
        read_tensors(path)


def test_anything_but_a_state_dictionary_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.pth"
    torch.save([torch.zeros(2)], path)
    with pytest.raises(WeightsError, match="expected a state_dict"):
        read_tensors(path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s.pop("0.bias"), r"f: lacks '0.bias' \(1 in all\)"),
        (lambda s: s.update(extra=torch.zeros(1)), r"f: has the unknown 'extra'"),
        (
            lambda s: s.update({"2.bias": torch.zeros(3)}),
            r"f: 2.bias has shape \(3,\); the network has \(2,\)",
        ),
    ],
)
def test_weights_of_another_network_are_refused_by_name(change: object, sentence: str) -> None:
    state = small().state_dict()
    change(state)
    with pytest.raises(WeightsError, match=sentence):
        load_by_name(small(), state, "f")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t[:-1], "f: 7 tensors; the network has 8"),
        (lambda t: [*t, torch.zeros(1)], "f: 9 tensors; the network has 8"),
        (lambda t: t[::-1], r"f: 0.weight has shape"),
    ],
)
def test_weights_of_another_network_are_refused_by_order(change: object, sentence: str) -> None:
    tensors = [value for value in small().state_dict().values() if value.ndim]
    with pytest.raises(WeightsError, match=sentence):
        load_in_order(small(), change(tensors), "f")


@pytest.mark.parametrize(("count", "trained"), [(0, 6), (1, 2), (2, 0)])
def test_first_convolutions_freeze_with_their_normalisation(count: int, trained: int) -> None:
    network = small()
    freeze_first_convolutions(network, count)
    assert sum(parameter.requires_grad for parameter in network.parameters()) == trained


@pytest.mark.parametrize(("name", "part"), [("cae", "encoder"), ("segmentation", "stages")])
def test_image_networks_start_from_resnet18(tmp_path: Path, name: str, part: str) -> None:
    import torchvision

    official = torchvision.models.resnet18(weights=None)
    path = tmp_path / "resnet18.pth"
    torch.save(official.state_dict(), path)
    mine = list(getattr(build(name, weights=path), part).parameters())
    kernels = [p for p in mine if p.shape == (512, 512, 3, 3)]
    assert torch.equal(kernels[-1], official.layer4[1].conv2.weight)


def test_mildnet_takes_vgg16_and_freezes_seven_convolutions(tmp_path: Path) -> None:
    from torchvision.models.vgg import cfgs, make_layers

    features = make_layers(cfgs["D"])
    path = tmp_path / "vgg16.pth"
    state = {f"features.{name}": value for name, value in features.state_dict().items()}
    torch.save({**state, "classifier.0.weight": torch.zeros(2, 2)}, path)
    network = build("mildnet", hidden_size=8, embedding_size=4, weights=path, frozen_convolutions=7)
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert torch.equal(convolutions[-1].weight, features[28].weight)
    assert [c.weight.requires_grad for c in convolutions] == [False] * 7 + [True] * 6
