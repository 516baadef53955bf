"""Our numbers beside those of the paper, as text."""

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from reid.experiments import ExperimentResult, Measure, Scale, Verdict, cells, headings, markdown
from reid.experiments.results import Cell, Row, Spread

RESULT = ExperimentResult(
    name="blur",
    title="Blur",
    source="Table VI",
    scale=Scale.SMOKE,
    data="simulated city: trained on 2 riders (8 images), tested on 2 riders (8 images)",
    start="all networks start from random weights",
    seeds=3,
    cpu_s=12.4,
    note="Tiny.",
    columns=(Measure.RANK1, Measure.THRESHOLD),
    rows=(
        Row(
            "sharp",
            "not blurred",
            (
                Cell(Measure.RANK1, Spread(0.5, 0.0123, 3), 0.837),
                Cell(Measure.THRESHOLD, Spread(0.62, 0.0, 3), None),
            ),
            "",
        ),
        Row(
            "median",
            "median 5×5",
            (Cell(Measure.RANK1, Spread(0.4, 0.0, 1), None), Cell(Measure.THRESHOLD, None, None)),
            "one seed",
        ),
    ),
    verdicts=(Verdict("blur hurts", Measure.RANK1, 0.5, 0.4, 0.01, "seen"),),
)


def test_only_measures_that_the_paper_prints_have_a_column_of_the_paper() -> None:
    assert headings(RESULT) == ("row", "R1 %", "paper", "τ")


def test_means_have_their_deviation_and_what_is_missing_is_a_dash() -> None:
    assert cells(RESULT, RESULT.rows[0]) == ("not blurred", "50.0 ± 1.2", "83.7", "0.62 ± 0.00")
    assert cells(RESULT, RESULT.rows[1]) == ("median 5×5", "40.0", "–", "–")


def test_the_page_says_data_seeds_time_notes_and_verdicts() -> None:
    text = markdown(RESULT)
    lines = text.splitlines()
    assert lines[1] == "| --- | ---: | ---: | ---: |"
    for words in (
        "Data: simulated city",
        "3 seeds (mean ± standard deviation)",
        "12 s of processor time",
        "Tiny.",
        "* median 5×5: one seed",
        "| blur hurts | R1 % | 50.0 | 40.0 | 1.0 | seen |",
    ):
        assert words in text, words


def test_without_claims_there_is_no_table_of_verdicts() -> None:
    assert "claims" not in markdown(replace(RESULT, verdicts=()))
