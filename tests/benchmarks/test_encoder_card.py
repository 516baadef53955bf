"""The card of the shipped encoder also tells what other trainings of its recipe gave."""

from pathlib import Path

import pytest

from benchmarks.encoder_card import add_to_card
from benchmarks.encoder_tables import FoldResult
from reid.encoders.card import ModelCard
from tracking.model_card import Measurement


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card with one row of its own."""
    facts = ModelCard(
        sha256="0" * 64,
        input_size=(8, 4),
        mean=(0.5, 0.5, 0.5),
        std=(0.2, 0.2, 0.2),
        threshold=0.5,
        precision=0.9,
        recall=0.9,
        training_data="nothing",
        licence="Apache-2.0",
        quality=(Measurement(measure="rank-1", value=0.98, data="50 riders"),),
    )
    file = tmp_path / "encoder.json"
    file.write_text(facts.model_dump_json())
    return file


def a_fold(number: int, rank1: float) -> FoldResult:
    return FoldResult(number, 65, 227, 0.5, rank1, 0.98, 0.88, 0.9, 0.93)


def test_the_mean_and_the_spread_of_all_folds_stand_beside_the_cards_own_rows(card: Path) -> None:
    add_to_card(card, [a_fold(1, 0.94), a_fold(2, 0.98)], [])
    rows = {one.measure: one for one in ModelCard.model_validate_json(card.read_bytes()).quality}
    assert rows["rank-1"].value == 0.98, "its own row was changed"
    assert rows["rank-1, five folds"].value == pytest.approx(0.96)
    assert rows["rank-1, five folds"].spread == pytest.approx(0.0283)
    assert rows["rank-1, five folds"].data.startswith("2 trainings")


def test_a_second_call_renews_its_rows(card: Path) -> None:
    for folds in ([a_fold(1, 0.9)], [a_fold(1, 0.94)]):
        add_to_card(card, folds, [])
    rows = ModelCard.model_validate_json(card.read_bytes()).quality
    assert len(rows) == len({one.measure for one in rows}) == 4
    assert {one.measure: one.value for one in rows}["rank-1, five folds"] == 0.94
    assert all(one.spread is None for one in rows), "one training has no spread"


def test_another_training_stands_beside_with_the_spread_of_both(card: Path) -> None:
    shipped = ModelCard.model_validate_json(card.read_bytes())
    other = Measurement(measure="rank-1", value=0.94, data="50 riders")
    again = shipped.model_copy(update={"quality": (other,), "seeds": (1, 1000), "command": "train --seed 1"})
    add_to_card(card, [], [again])
    own, row = ModelCard.model_validate_json(card.read_bytes()).quality
    assert own.value == 0.98, "its own row was changed"
    assert (row.measure, row.value, row.command) == ("rank-1, trained again", 0.94, "train --seed 1")
    assert row.spread == pytest.approx(0.0283)
    assert "seeds 1:" in row.data, row.data
