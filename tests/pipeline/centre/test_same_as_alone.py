"""Boxes with a centre come to what one run over all cameras comes to, whatever happens on the way."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flows.database import FlowStore, Outbox
from pipeline.centre import Box, SiteCentre
from pipeline.configuration import load_configuration
from pipeline.edge import Sender
from pipeline.replay import replay_site
from pipeline.runner.describing import describe_site
from tests.command_line import pipeline
from tests.pipeline.centre.houses import Town
from tests.pipeline.centre.lines import Direct
from tests.pipeline.centre.results import results
from tests.pipeline.centre.riders import blank, count_alone, linking_of, ridden

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


def test_a_centre_keeps_what_its_threshold_is_learnt_from(tmp_path: Path) -> None:
    # Riders of time that was not watched never reach a centre, so that it has fewer pairs than one run.
    town = Town(tmp_path, blank(tmp_path / "centre.db"), seed=1)
    town.come_to_an_end()
    store = FlowStore.open_for_reading(town.house.url)
    with store.database.transaction() as connection:
        arrivals = connection.exec_driver_sql("SELECT SUM(arrivals) FROM look_distance").scalar_one()
    store.close()
    assert arrivals > 20


@pytest.fixture(scope="module")
def as_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    return results(count_alone(tmp_path_factory.mktemp("alone"), ridden(3)))


HAPPENS = st.lists(
    st.tuples(st.sampled_from(WHAT), st.integers(0, 1), st.integers(0, 100)), min_size=20, max_size=60
)


def live_through(folder: Path, happens: list[tuple[str, int, int]], as_alone: dict[str, list[Any]]) -> None:
    town = Town(folder, blank(folder / "centre.db"), seed=3)
    for what, which, number in happens:
        town.act(what, which, number)
    town.come_to_an_end()
    assert results(town.house.url) == as_alone


@settings(
    max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HAPPENS)
def test_whatever_is_lost_repeated_and_killed_on_the_way(
    tmp_path_factory: pytest.TempPathFactory,
    as_alone: dict[str, list[Any]],
    happens: list[tuple[str, int, int]],
) -> None:
    live_through(tmp_path_factory.mktemp("town"), happens, as_alone)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(
    max_examples=100, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HAPPENS)
def test_whatever_happens_a_hundred_times(
    tmp_path_factory: pytest.TempPathFactory,
    as_alone: dict[str, list[Any]],
    happens: list[tuple[str, int, int]],
) -> None:
    live_through(tmp_path_factory.mktemp("town"), happens, as_alone)


@pytest.mark.long
def test_the_same_footage_on_two_boxes_and_on_one_machine(tmp_path: Path) -> None:
    """Recorded boxes of three cameras through the whole chain, a camera of them on a machine of its own."""
    city = tmp_path / "city"
    size = ("--cameras", 3, "--minutes", 2, "--riders-per-hour", 900, "--workers", 1)
    assert pipeline("simulate", city, *size, "--detections-only").code == 0
    replay(city, tmp_path / "alone.db")
    configuration = load_configuration(city / "site.yaml", SETTINGS)
    site = SiteCentre(
        FlowStore.open(str(tmp_path / "centre.db")), configuration, linking_of(configuration), None,
        lambda: "ABC", 1200.0,
    )  # fmt: skip
    for name, cameras in (("one", "AC"), ("two", "B")):
        folder = box_folder(city, tmp_path / name, cameras)
        store = FlowStore.open(str(tmp_path / f"{name}.db"))
        store.note_site(describe_site(load_configuration(folder / "site.yaml", SETTINGS)))
        outbox = Outbox(store.database, configuration.site)
        replay(folder, tmp_path / f"{name}.db")
        box = Box(name, configuration.site, frozenset(cameras))
        Sender(outbox, Direct(box, lambda: site), print).empty(10)
    site.tick()
    found = results(f"sqlite:///{tmp_path / 'centre.db'}")
    assert len(found["links"]) > 5
    assert found == results(f"sqlite:///{tmp_path / 'alone.db'}")


SETTINGS = {"matching.threshold": 0.7}


def replay(folder: Path, database: Path) -> None:
    replay_site(folder, {**SETTINGS, "database": f"sqlite:///{database}"})


def box_folder(city: Path, folder: Path, cameras: str) -> Path:
    """The recordings of a city with the site file of a box that has some of its cameras."""
    shutil.copytree(city, folder)
    site = yaml.safe_load((city / "site.yaml").read_text("utf-8"))
    site["cameras"] = [one for one in site["cameras"] if one["id"] in cameras]
    site["links"] = [one for one in site.get("links", ()) if {one["from"], one["to"]} <= set(cameras)]
    (folder / "site.yaml").write_text(yaml.safe_dump(site), encoding="utf-8")
    return folder
