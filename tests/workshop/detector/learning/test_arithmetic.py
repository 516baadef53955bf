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
