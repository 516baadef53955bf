"""Losses by name, and their weighted sum."""

import math
import sys

import pytest
import torch
from torch.nn import functional

from reid.losses import LOSSES, build_losses, loss_settings
from reid.losses.triplet import batch_hard_triplet
from reid.models.base import ReidOutput
from tracking.errors import UsageError

LABELS = torch.tensor([0, 0, 1, 1, 2, 2])


def output(requires_grad: bool = False, classes: int | None = 3) -> ReidOutput:
    features = torch.randn(6, 4).mul(3).requires_grad_(requires_grad)
    logits = None if classes is None else features @ torch.randn(4, classes)
    return ReidOutput(features, features * 2, logits)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_a_name_and_trains(name: str) -> None:
    answer = output(requires_grad=True)
    value = build_losses([loss_settings(name, weight=2.0)], 3, 4)(answer, LABELS)
    assert value.parts[0].name == name
    assert value.total.item() == pytest.approx(2 * value.parts[0].value.item(), rel=1e-6)
    value.total.backward()
    assert answer.features.grad.abs().sum() > 0


def test_bot_adds_identification_triplet_and_center() -> None:
    terms = [
        loss_settings("cross_entropy"),
        loss_settings("triplet_batch_hard"),
        loss_settings("center"),
    ]
    answer = output()
    value = build_losses(terms, 3, 4)(answer, LABELS)
    expected = (
        functional.cross_entropy(answer.logits, LABELS, label_smoothing=0.1)
        + batch_hard_triplet(answer.features, LABELS, 0.3)
        + 5e-4 * 0.5 * answer.features.square().sum()
    )
    assert value.total.item() == pytest.approx(expected.item(), rel=1e-6)
    assert [part.name for part in value.parts] == ["cross_entropy", "triplet_batch_hard", "center"]


def test_label_smoothing_shares_a_tenth() -> None:
    # ln p = 0 for the true class and −ln 4 … by hand: probabilities ½, ¼, ¼.
    logits = torch.tensor([[0.5, 0.25, 0.25]]).log()
    answer = ReidOutput(torch.zeros(1, 4), torch.zeros(1, 4), logits)
    value = build_losses([loss_settings("cross_entropy")], 3, 4)(answer, torch.tensor([0])).total.item()
    third = 0.1 / 3
    assert value == pytest.approx((0.9 + third) * math.log(2) + 2 * third * math.log(4))


@pytest.mark.parametrize(
    "name", ["pairwise_batch_hard", "contrastive", "triplet_lossless", "arcface", "cosface"]
)
def test_losses_on_the_sphere_do_not_see_the_length_of_features(name: str) -> None:
    loss = build_losses([loss_settings(name)], 3, 4)
    answer = output()
    longer = answer._replace(features=answer.features * 7)
    assert loss(answer, LABELS).total.item() == pytest.approx(loss(longer, LABELS).total.item(), rel=1e-4)


@pytest.mark.parametrize(("name", "margin"), [("arcface", 0.5), ("cosface", 0.35)])
def test_margin_softmax_is_the_formula_of_its_paper(name: str, margin: float) -> None:
    loss = build_losses([loss_settings(name, margin=margin, scale=8.0)], 3, 4)
    answer = output()
    vectors = next(loss.parameters())
    cosines = functional.normalize(answer.features) @ functional.normalize(vectors, dim=0)
    angles = cosines.clamp(-1, 1).acos()
    truth = functional.one_hot(LABELS, 3).bool()
    with_margin = (angles + margin).cos() if name == "arcface" else cosines - margin
    # Beyond π − m the angle's cosine turns round and libraries differ; these seeds stay below.
    assert angles[truth].max() < math.pi - 0.5
    expected = functional.cross_entropy(8 * torch.where(truth, with_margin, cosines), LABELS)
    assert loss(answer, LABELS).total.item() == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("tripplet", {}, "loss: unknown name 'tripplet'; use one of cross_entropy"),
        ("center", {"beta": 1}, "loss center: beta: Extra inputs are not permitted"),
        (
            "triplet_lossless",
            {"beta": 3.0},
            "loss triplet_lossless: beta: Input should be greater than or equal to 4",
        ),
        (
            "pairwise_batch_hard",
            {"positive_margin": 1.0},
            "positive_margin 1.0 must be below negative_margin 0.9",
        ),
        ("pairwise_batch_hard", {"negative_margin": 2.5}, "negative_margin 2.5 exceeds 2"),
        ("contrastive", {"margin": 100}, "margin 100.0 exceeds 2, the largest unit-norm distance"),
        ("cross_entropy", {"weight": 0}, "loss cross_entropy: weight: Input should be greater than 0"),
    ],
)
def test_a_wrong_option_is_named(name: str, options: dict[str, object], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        loss_settings(name, **options)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "losses: empty"),
        (["center", "cross_entropy", "center"], "losses: center appears twice"),
        (["arcface"], "loss arcface: needs the number of train identities"),
    ],
)
def test_a_wrong_sum_is_explained(names: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        build_losses([loss_settings(name) for name in names], None, 4)


def test_identification_without_a_classifier_says_what_is_missing() -> None:
    loss = build_losses([loss_settings("cross_entropy")], 3, 4)
    with pytest.raises(UsageError, match="the model has no classifier; give it num_classes"):
        loss(output(classes=None), LABELS)


@pytest.mark.parametrize("library", ["torch", "pytorch_metric_learning.losses"])
def test_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=r"pip install fietsflow\[lab\]"):
        build_losses([loss_settings("arcface")], 3, 4)
