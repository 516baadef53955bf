"""A street of two cameras whose footage comes night after night, and what its database holds."""

import shutil
from pathlib import Path
from typing import Any
from zlib import crc32

import av
import pytest

from flows.database import FlowStore
from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.ledger import Wishes
from pipeline.runner import run_site
from pipeline.telemetry import RunSummary
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
FPS = 10
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*", time_pattern: "%Y%m%dT%H%M%S"}
links:
  - {from: A, to: B, min_travel_s: 1, max_travel_s: 12}
"""
RIDERS_A = ((20, RED), (88, GREEN), (140, BLUE))
RIDERS_B = ((60, RED), (130, GREEN))
"""First frames; green is in the view of A when its second file begins."""

SIGHTINGS = (
    "select c.name, enter_time, exit_time, direction, frames from sighting s join camera c using (camera_id)"
    " order by 1, 2"
)
JOURNEYS = "select camera, enter_time, stop, travel_s from journeys_flat order by 1, 2"
COVERAGE = (
    "select c.name, min(start_time), max(end_time), sum(end_time - start_time) from coverage v"
    " join camera c using (camera_id) group by 1 order by 1"
)
LEDGER = (
    "select c.name, f.name, start_time, end_time, complete from footage f join camera c using (camera_id)"
    " order by 1, 3"
)


in_both_databases = pytest.mark.parametrize("folder", ["sqlite", "postgresql"], indirect=True)
"""Runs a test in SQLite, as all others do, and in PostgreSQL."""


def film(shelf: Path) -> None:
    """Put the footage of both cameras on a shelf."""
    for camera, riders in (("a", RIDERS_A), ("b", RIDERS_B)):
        images = street(200, riders)
        write_video(shelf / f"{camera}_20240514T080000.mp4", images[:100], FPS)
        write_video(shelf / f"{camera}_20240514T080010.mp4", images[100:], FPS)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The footage of all nights, and what one run over all of it counts; nobody changes what is there."""
    folder = tmp_path_factory.mktemp("nights")
    film(folder)
    return folder


@pytest.fixture
def folder(
    tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """A site without footage, and the footage that will come in a folder beside it."""
    url = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    (tmp_path / "shelf").symlink_to(shelf)
    (tmp_path / "site.yaml").write_text(f"{SITE}database: '{url}'\n")
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    return tmp_path


def put(folder: Path, *patterns: str) -> None:
    for pattern in patterns:
        for file in sorted((folder / "shelf").glob(f"{pattern}.mp4")):
            shutil.copy(file, folder / file.name)


def run(folder: Path, wishes: Wishes | None = None, **settings: Any) -> RunSummary:
    return run_site(load_configuration(folder / "site.yaml", settings), wishes=wishes)


def first_night(folder: Path, pattern: str) -> None:
    """Put footage of the shelf into an empty site and count it.

    Many tests begin with the same night: what it leaves in SQLite is kept on the shelf for the next.
    """
    put(folder, pattern)
    site, _, database = (folder / "site.yaml").read_text().partition("database:")
    kept = folder / "shelf" / f"night-{crc32((site + pattern).encode()):08x}.db"
    here = folder / "flows.db"
    if kept.exists() and str(here) in database:
        shutil.copy(kept, here)
        return
    run(folder)
    if here.exists():
        shutil.copy(here, kept)


def clean_url(folder: Path) -> str:
    """The database of one run over all footage on the shelf, which sites of the same cameras share."""
    site = (folder / "site.yaml").read_text().partition("database:")[0]
    clean = folder / "shelf" / f"clean-{crc32(site.encode()):08x}.db"
    if not clean.exists():
        clean.with_suffix(".yaml").write_text(site)
        run_site(load_configuration(clean.with_suffix(".yaml"), {"database": f"sqlite:///{clean}"}))
    return f"sqlite:///{clean}"


def rows(folder: Path, query: str, url: str = "") -> list[Any]:
    """Rows of the site's database, or of another one."""
    store = FlowStore.open_for_reading(url or load_configuration(folder / "site.yaml").database)
    try:
        with store.database.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]
    finally:
        store.close()


def same_as_clean(folder: Path, *queries: str) -> None:
    """Hold the database against that of one run over all footage, in SQLite."""
    clean = clean_url(folder)
    for query in queries:
        found, expected = rows(folder, query), rows(folder, query, clean)
        assert expected
        assert found == expected, f"{query}\n{found}\ninstead of\n{expected}"


def remuxed(source: Path, target: Path) -> None:
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(old.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
