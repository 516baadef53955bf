"""What stands in the detector's card and page is what was measured."""

from benchmarks.detector_report import Report, best_threshold, measurements, tables
from benchmarks.real_clips import CLIPS
from workshop.detector.description import load_description

SCENARIOS = load_description().held_back.scenarios


def quality(value: float) -> dict[str, object]:
    kind = {"value": value, "objects": 9, "recall": 1.0, "best_f1": 0.8, "best_threshold": value / 2}
    return {
        "images": 12,
        "cyclist": kind,
        "near": {**kind, "objects": 5},
        "pedestrian": {**kind, "objects": 3},
    }


def report(**counts: int) -> Report:
    right = {clip.name: clip.cyclists for clip in CLIPS}
    return Report(
        precision={name: quality(0.8) for name in SCENARIOS} | {"street_nyc": quality(0.1)},
        retrained={"again": {name: quality(0.6) for name in SCENARIOS} | {"street_nyc": quality(0.1)}},
        speed={"wall_ms_median": 14.04, "processor_ms_median": 25.0},
        counts=right | counts,
    )


def test_the_first_number_is_the_mean_over_simulated_scenarios_with_the_spread_of_trainings() -> None:
    first, clips, time, *groups = measurements(report(junction=3))
    assert (first.measure, first.value, first.spread) == ("AP50", 0.8, 0.1414)
    assert (clips.measure, clips.value) == ("sum of count errors", 2)
    assert "junction 3 of 1" in clips.data
    assert time.value == 14.0
    assert [row.measure for row in groups] == [f"AP50 {name}" for name in (*SCENARIOS, "street_nyc")]


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    for name, table in tables(report()).items():
        widths = {line.count("|") for line in table.splitlines()}
        assert len(widths) == 1, f"{name}:\n{table}"


def test_the_threshold_is_that_of_the_middle_scenario() -> None:
    assert best_threshold(report()) == 0.4
