"""A street of recorded boxes, seen by one machine or by several boxes with a centre."""

import shutil
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import text

from flows.database import FlowStore, Outbox
from pipeline.centre import Box, ForeignError, OtherPlaceError, SiteCentre
from pipeline.configuration import Configuration, load_configuration
from pipeline.edge import Batch, Sender, WireError
from pipeline.edge.client import Answer, Outcome
from pipeline.replay import replay_site
from pipeline.runner.describing import describe_site
from pipeline.runner.linking import prepare_linking
from reid.encoders import build_encoder
from tests.command_line import pipeline
from tracking.errors import DatabaseError

THRESHOLD = "matching.threshold=0.7"


def simulate(folder: Path, cameras: int = 3, minutes: float = 2) -> Path:
    size = ("--cameras", cameras, "--minutes", minutes, "--riders-per-hour", 900, "--workers", 1)
    answer = pipeline("simulate", folder, *size, "--detections-only")
    assert answer.code == 0, answer.err
    return folder


def box_folder(city: Path, folder: Path, cameras: Collection[str]) -> Path:
    """The recordings of a city with the site file of a box that has some of its cameras."""
    shutil.copytree(city, folder)
    site = yaml.safe_load((city / "site.yaml").read_text())
    site["cameras"] = [one for one in site["cameras"] if one["id"] in cameras]
    if "links" in site:
        site["links"] = [one for one in site["links"] if {one["from"], one["to"]} <= set(cameras)]
    (folder / "site.yaml").write_text(yaml.safe_dump(site))
    return folder


def configuration_of(folder: Path, database: Path | str) -> Configuration:
    overrides = {"database": f"sqlite:///{database}" if isinstance(database, Path) else database}
    return load_configuration(folder / "site.yaml", {**overrides, "matching.threshold": 0.7})


def replay(folder: Path, database: Path) -> None:
    replay_site(folder, {"database": f"sqlite:///{database}", "matching.threshold": 0.7})


class Street:
    """Box: an outbox that was noted from the beginning, and what it counted."""

    def __init__(self, name: str, folder: Path, database: Path) -> None:
        self.name, self.database = name, database
        configuration = configuration_of(folder, database)
        self.cameras = frozenset(camera.id for camera in configuration.cameras)
        self.box = Box(name, configuration.site, self.cameras)
        self.store = FlowStore.open(str(database))
        self.store.note_site(describe_site(configuration))
        self.outbox = Outbox(self.store.database, configuration.site)
        replay(folder, database)

    def sender(self, line: Any, said: list[str] | None = None) -> Sender:
        told = said if said is not None else []
        return Sender(self.outbox, line, told.append)


class Direct:
    """A line without a network: what is sent is written as JSON, read, and received."""

    def __init__(self, box: Box, centre: Callable[[], SiteCentre]) -> None:
        self.box, self.centre = box, centre
        self.bodies: list[bytes] = []

    def send(self, batch: Batch) -> Answer:
        self.bodies.append(batch.model_dump_json().encode())
        return self.deliver(self.bodies[-1])

    def deliver(self, body: bytes) -> Answer:
        try:
            return Answer(Outcome.RECEIVED, self.centre().receive(self.box, Batch.parse(body)))
        except OtherPlaceError as error:
            return Answer(Outcome.OTHER_PLACE, error.received, str(error))
        except (WireError, ForeignError) as error:
            return Answer(Outcome.REFUSED, sentence=str(error))
        except DatabaseError as error:
            return Answer(Outcome.LATER, sentence=str(error))


def open_centre(
    folder: Path,
    url: str,
    expected: Collection[str],
    wait_s: float = 1200.0,
    clock: Callable[[], float] = lambda: 0.0,
) -> SiteCentre:
    configuration = configuration_of(folder, url)
    store = FlowStore.open(url)
    linking = prepare_linking(
        configuration,
        build_encoder(configuration.encoder.model_copy(update={"name": "colour_stripes"}), None),
    )
    return SiteCentre(store, configuration, linking, None, lambda: expected, wait_s, clock)


def empty(sender: Sender) -> None:
    """Send until nothing is left."""
    for _ in range(500):
        sender.step()
        if not sender.sent.left:
            return
    raise AssertionError(f"something is always left: {sender.sent}")


_QUERIES = {
    "sightings": "SELECT camera.name, enter_time, exit_time, direction, frames, stationary_s, quality, model_id "
    "FROM sighting JOIN camera USING (camera_id)",
    "links": "SELECT a.name, f.enter_time, b.name, t.enter_time, distance, probability, travel FROM match "
    "JOIN sighting f ON f.sighting_id = from_sighting JOIN camera a ON a.camera_id = f.camera_id "
    "JOIN sighting t ON t.sighting_id = to_sighting JOIN camera b ON b.camera_id = t.camera_id",
    "journeys": "SELECT journey_id, stop, camera.name, enter_time FROM journey_stop "
    "JOIN sighting USING (sighting_id) JOIN camera USING (camera_id)",
    "coverage": "SELECT camera.name, start_time, end_time FROM coverage JOIN camera USING (camera_id)",
    "unobserved": "SELECT camera.name, start_time, end_time, reason FROM unobserved "
    "JOIN camera USING (camera_id)",
    **{
        view: f"SELECT * FROM {view}"
        for view in ("camera_counts", "route_counts", "od_matrix", "travel_times")
    },
}


def results(url: str) -> dict[str, list[Any]]:
    """All that a database tells of a site, without ids that are random."""
    store = FlowStore.open_for_reading(url)
    with closing(store), store.database.transaction() as connection:
        found = {
            name: sorted((tuple(row) for row in connection.execute(text(query))), key=str)
            for name, query in _QUERIES.items()
        }
    journeys: dict[str, list[Any]] = {}
    for journey, stop, camera, enter in found["journeys"]:
        journeys.setdefault(journey, []).append((stop, camera, enter))
    found["journeys"] = sorted(sorted(one) for one in journeys.values())
    return found
