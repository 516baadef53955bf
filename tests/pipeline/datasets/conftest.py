"""Two small data sets: one of filmed blocks on a street, one of a simulated city with its truth."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulation import Recording, create_world, load_scenario, simulate
from tests.command_line import pipeline, street, write_video
from tests.simulation.conftest import START

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
SITE = """
site: test street
timezone: Europe/Amsterdam
detector: {name: motion}
encoder: {name: colour_stripes}
cameras:
  - {id: North gate, source: a.mp4, start: 2024-05-14T08:50:00, location: [53.2, 6.5]}
  - {id: B, source: b.mp4, start: 2024-05-14T08:50:10, anonymize: {largest_rider: 0.3}}
links:
  - {from: North gate, to: B, min_travel_s: 5, max_travel_s: 40}
"""


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red and green ride from the north gate to B, blue is seen at the north gate only."""
    folder = tmp_path_factory.mktemp("street")
    write_video(folder / "a.mp4", street(210, ((20, RED), (90, GREEN), (160, BLUE))))
    write_video(folder / "b.mp4", street(180, ((60, RED), (130, GREEN))))
    (folder / "site.yaml").write_text(SITE)
    return folder


@pytest.fixture(scope="session")
def built(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The street as a data set; everything happens in the held-out minutes."""
    out = tmp_path_factory.mktemp("built") / "set"
    answer = pipeline("dataset", "build", footage / "site.yaml", out, "--crops-per-tracklet", 6)
    assert answer.code == 0, answer.err
    return out


@pytest.fixture
def unreviewed(built: Path, tmp_path: Path) -> Path:
    """A copy of the street's set that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "set"))


@dataclass(frozen=True)
class CitySet:
    """A data set with the city that it shows."""

    city: Path
    out: Path


@pytest.fixture(scope="session")
def city_set(tmp_path_factory: pytest.TempPathFactory) -> CitySet:
    """Two cameras for 100 seconds: 18 s train, 82 s are held out."""
    city = tmp_path_factory.mktemp("city")
    settings = load_scenario("calm")
    busy = settings.demand.model_copy(update={"riders_per_hour": 1500})
    world = create_world(
        settings.model_copy(update={"demand": busy}), cameras=2, duration_s=100, start=START, seed=3
    )
    simulate(city, Recording(world, (320, 180), 5.0))
    out = tmp_path_factory.mktemp("cityset") / "set"
    answer = pipeline(
        "dataset", "build", city / "site.yaml", out, "--truth", city / "truth", "--split", "0.3/2.7",
        "--crops-per-tracklet", 5,
    )  # fmt: skip
    assert answer.code == 0, answer.err
    return CitySet(city, out)
