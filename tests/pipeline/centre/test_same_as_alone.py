"""Boxes with a centre come to what one run over all cameras comes to, whatever happens on the way."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.centre.houses import Town
from tests.pipeline.centre.results import results
from tests.pipeline.centre.riders import blank, count_alone, ridden

WHAT = (
    "count", "count", "count", "send", "send", "lose request", "lose answer", "repeat", "restart box",
    "restart centre", "link",
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_boxes_and_a_centre_come_to_the_same(tmp_path: Path, url: str, seed: int) -> None:
    town = Town(tmp_path, url, seed)
    town.come_to_an_end()
    found = results(url)
    assert len(found["links"]) > 10, "too few riders were linked to compare anything"
    assert found == results(count_alone(tmp_path, ridden(seed)))


@pytest.fixture(scope="module")
def as_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    return results(count_alone(tmp_path_factory.mktemp("alone"), ridden(3)))


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(WHAT), st.integers(0, 1), st.integers(0, 100)), min_size=20, max_size=60
    )
)
def test_whatever_is_lost_repeated_and_killed_on_the_way(
    tmp_path_factory: pytest.TempPathFactory,
    as_alone: dict[str, list[Any]],
    happens: list[tuple[str, int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("town")
    town = Town(folder, blank(folder / "centre.db"), seed=3)
    for what, which, number in happens:
        town.act(what, which, number)
    town.come_to_an_end()
    assert results(town.house.url) == as_alone
