"""Half precision is taken where it saves time, not where a processor imitates it."""

from pathlib import Path

import pytest
import torch

from workshop.detector.learning import arithmetic
from workshop.detector.learning.augmentation import AugmentationSettings
from workshop.detector.learning.batches import Batches
from workshop.detector.learning.network import CyclistNetwork
from workshop.detector.learning.parts import CompositionSettings, Source
from workshop.detector.learning.samples import LabelledImage
from workshop.detector.learning.settings import OptimisationSettings
from workshop.detector.learning.trainer import Trainer


@pytest.mark.parametrize(
    ("precision", "device", "able", "half"),
    [
        ("auto", "cpu", {"avx2": True}, False),
        ("auto", "cpu", {"avx512_bf16": True}, True),
        ("auto", "cpu", {"amx_bf16": True}, True),
        ("auto", "cuda", {}, True),
        ("bf16", "cpu", {}, True),
        ("fp32", "cuda", {"amx_bf16": True}, False),
    ],
)
def test_what_was_asked_for_is_done_and_auto_asks_the_processor(
    precision: arithmetic.Precision,
    device: str,
    able: dict[str, bool],
    half: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able, raising=False)
    assert arithmetic.takes_bf16(precision, device) is half


@pytest.mark.parametrize(("able", "half"), [({"avx2": True}, False), ({"avx512_bf16": True}, True)])
def test_a_training_with_nothing_asked_for_computes_as_the_processor_does(
    able: dict[str, bool],
    half: bool,
    street: LabelledImage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able, raising=False)
    computed: list[torch.dtype] = []
    torch.manual_seed(0)
    network = CyclistNetwork(channels=8)
    network.laterals[0].register_forward_hook(lambda _, __, answer: computed.append(answer.dtype))
    composition = CompositionSettings(size=(64, 64), heights_px=(30, 60))
    batches = Batches([Source([street], 1.0)], [], composition, AugmentationSettings(), size=1, seed=0)
    Trainer(network, batches, OptimisationSettings(steps=1, warm_up=0), tmp_path).run()
    assert computed == [torch.bfloat16 if half else torch.float32]


def test_depthwise_convolutions_that_skip_cells_compute_in_32_bits_among_others_in_16() -> None:
    torch.manual_seed(0)
    network = CyclistNetwork(channels=8)
    wide = [one for one in network.backbone.modules() if isinstance(one, arithmetic.FullConvolution)]
    assert [one.in_channels for one in wide] == [96, 144, 192, 576], "one for each halving after the first"
    values = torch.randn(2, 144, 8, 12).to(torch.bfloat16)
    exact = torch.nn.functional.conv2d(values.float(), wide[1].weight, wide[1].bias, 2, 1, groups=144)
    with torch.autocast("cpu", torch.bfloat16):
        answer = wide[1](values)
        neighbours = network.laterals[0](torch.randn(2, 24, 8, 12))
    assert answer.dtype == neighbours.dtype == torch.bfloat16
    assert torch.equal(answer, exact.to(torch.bfloat16)), "weights in 16 bits would answer otherwise"


def test_without_half_precision_a_widened_network_is_the_plain_one() -> None:
    plain = torch.nn.Sequential(torch.nn.Conv2d(6, 6, 3, 2, 1, groups=6), torch.nn.Conv2d(6, 4, 1, 2))
    values = torch.randn(1, 6, 9, 9)
    before, names = plain(values), list(plain.state_dict())
    arithmetic.widen_where_faster(plain)
    assert isinstance(plain[0], arithmetic.FullConvolution)
    assert type(plain[1]) is torch.nn.Conv2d, "not depthwise"
    assert torch.equal(plain(values), before)
    assert list(plain.state_dict()) == names
