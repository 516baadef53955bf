"""From the keys of an experiment to the training of a row."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from reid.experiments import Experiment, ImagenetWeights, Scale, describe_training, training_values
from reid.experiments.plan import assign
from reid.training.description import DataSettings
from tracking.errors import UsageError

DATA = DataSettings(folder=Path("riders"))


def experiment(row: dict[str, Any], **scale: Any) -> Experiment:
    return Experiment.model_validate(
        {
            "title": "t",
            "source": "s",
            "columns": ["rank1"],
            "training": {
                "model": {"name": "bot", "backbone": "mobilenet_v2", "embedding_size": 16},
                "objective": {"kind": "batch", "losses": [{"name": "triplet_batch_all"}]},
                "training": {"epochs": 250, "schedule": {"name": "step"}},
            },
            "smoke": {"data": "city"} | scale,
            "full": {},
            "variants": [{"name": "a", "title": "A"} | row],
        }
    )


def values(row: dict[str, Any], scale: Scale = Scale.SMOKE, **settings: Any) -> dict[str, Any]:
    made = experiment(row, **settings)
    return training_values(made, made.variants[0], scale)


def test_a_row_wins_over_its_scale_and_its_own_scale_over_the_row() -> None:
    row = {"set": {"training.epochs": 3, "training.seed": 1}, "smoke": {"training.epochs": 2}}
    scale = {"set": {"training.epochs": 4, "training.log_steps": 7}}
    small, large = values(row, **scale)["training"], values(row, Scale.FULL, **scale)["training"]
    assert (small["epochs"], small["log_steps"], small["seed"]) == (2, 7, 1)
    assert (large["epochs"], "log_steps" in large) == (3, False)


def test_a_group_replaces_the_whole_group() -> None:
    """A network of another kind must not inherit options that it does not have."""
    assert values({"set": {"model": {"name": "osnet"}}})["model"] == {"name": "osnet"}


def test_rows_do_not_change_what_others_start_from() -> None:
    made = experiment({"set": {"training.schedule.name": "cosine"}})
    training_values(made, made.variants[0], Scale.SMOKE)
    assert made.training["training"]["schedule"]["name"] == "step"


def test_a_key_inside_a_value_is_refused() -> None:
    with pytest.raises(UsageError, match="epochs is the value 250"):
        values({"set": {"training.epochs.more": 1}})


def test_a_group_that_was_null_is_made() -> None:
    tree: dict[str, Any] = {"transforms": {"blur": None}}
    assign(tree, "transforms.blur.kernel", "thesis9")
    assert tree == {"transforms": {"blur": {"kernel": "thesis9"}}}


def test_backbones_start_from_the_imagenet_weights_that_are_there() -> None:
    weights = {"mobilenet_v2": ImagenetWeights(Path("w.pt"), "order")}
    start = describe_training(values({}), DATA, 3, weights).model
    assert (start.weights, start.weights_layout) == (Path("w.pt"), "order")
    other = describe_training(values({"set": {"model.backbone": "resnet18"}}), DATA, 3, weights).model
    assert other.weights is None
    given = describe_training(values({"set": {"model.weights": "own.pt"}}), DATA, 3, weights).model
    assert given.weights == Path("own.pt")


def test_trained_weights_go_before_those_of_imagenet() -> None:
    weights = {"mobilenet_v2": ImagenetWeights(Path("w.pt"), "order")}
    tuned = describe_training(values({}), DATA, 3, weights, Path("earlier"))
    assert (tuned.model.weights, tuned.initial_weights, tuned.training.seed) == (None, Path("earlier"), 3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"claims": [{"text": "x", "measure": "f1", "better": ["a"], "worse": ["a"]}]},
            "f1 is not among columns",
        ),
        ({"claims": [{"text": "x", "measure": "rank1", "better": ["b"], "worse": ["a"]}]}, "no row 'b'"),
        ({"variants": [{"name": "a", "title": "A"}] * 2}, "two named a"),
        ({"variants": [{"name": "a", "title": "A", "network_of": "b"}]}, "no earlier row 'b'"),
        ({"variants": [{"name": "a", "title": "A", "paper": {"map": 3}}]}, "map is not among columns"),
        ({"full": {"leave_out": ["z"]}}, "leave_out: there is no row 'z'"),
        (
            {
                "variants": [
                    {"name": "a", "title": "A"},
                    {"name": "b", "title": "B", "network_of": "a", "set": {"rounds": 2}},
                ]
            },
            "network_of trains nothing",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict[str, Any], words: str) -> None:
    raw = experiment({}).model_dump(mode="json") | changes
    with pytest.raises(ValidationError, match=words):
        Experiment.model_validate(raw)
