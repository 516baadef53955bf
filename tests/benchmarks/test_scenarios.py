"""The benchmark of scenarios: busier streets, and what boxes say of its links."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.scenario_table import HEADINGS, Result
from benchmarks.scenarios import Plan, measure, recording_of

PLAN = Plan(Path("unused"), cameras=2, minutes=2.0, seed=3, workers=1)


def test_quiet_streets_get_the_riders_asked_for_and_busy_ones_keep_theirs() -> None:
    busier = replace(PLAN, least_per_hour=900.0)

    def per_hour(plan: Plan, scenario: str) -> float:
        return recording_of(plan, scenario, pixels=False).world.scenario.demand.riders_per_hour

    assert per_hour(PLAN, "calm") < per_hour(busier, "calm") == 900.0
    assert per_hour(busier, "rush_hour") == per_hour(PLAN, "rush_hour") > 900.0


def test_a_busier_street_has_a_folder_of_its_own() -> None:
    busier = replace(PLAN, least_per_hour=900.0)
    assert busier.folder("calm", pixels=True) != PLAN.folder("calm", pixels=True)


@pytest.mark.parametrize(("strict", "cell"), [(None, "–"), (0.5, "0.500")])
def test_the_table_has_the_strict_number_where_boxes_tell(strict: float | None, cell: str) -> None:
    numbers = {"truth": 4, "counted": 4, "links": 2}
    shares = dict.fromkeys(
        ("geh", "precision", "recall", "link_precision", "link_recall", "link_f1", "link_f1_of_seen"), 1.0
    )
    more = {"idf1": 1.0, "od_error": 0.0, "frames_per_s": 30.0, "strict_link_f1": strict}
    result = Result(scenario="calm", chain="default", models="", **numbers, **shares, **more)
    assert result.cells()[HEADINGS.index("strict")] == cell


def test_boxes_of_a_replayed_street_tell_its_links(tmp_path: Path) -> None:
    plan = replace(PLAN, out=tmp_path, least_per_hour=900.0)
    result = measure(plan, "calm", "perfect", {})
    assert result.links > 0
    assert result.strict_link_f1 == result.link_f1 == 1.0
