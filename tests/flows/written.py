"""Small helpers that write rides into a store, as a run would."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from flows.database import CameraDescription, FlowStore, Footage, RunDescription
from flows.values import Journey, Match, Sighting

MORNING = 1569999600.0
"""2019-10-02 07:00:00 UTC, a full hour."""

Observed = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Ride:
    """Cameras that one cyclist passed, with the moment of entering each view.

    Attributes:
        stops: Camera and moment.
        direction: Heading through all views.
        headings: Heading through each, where they differ.
    """

    stops: tuple[tuple[str, float], ...]
    direction: str = "left"
    headings: tuple[str, ...] = ()

    def seen_by(self, run_id: str) -> "list[Sighting]":
        """Its sightings."""
        headings = self.headings or (self.direction,) * len(self.stops)
        return [
            seen(run_id, camera, at, heading)
            for (camera, at), heading in zip(self.stops, headings, strict=True)
        ]


def describe(
    fingerprint: str = "first settings",
    cameras: str = "ABC",
    site: str = "street",
    footage: Mapping[str, Sequence[str]] | None = None,
    timezone: str = "Europe/Amsterdam",
    **options: object,
) -> RunDescription:
    held = footage or {}
    described = tuple(
        CameraDescription(
            camera,
            (53.2 + index / 100, 6.5 + index / 50),
            tuple(Footage(f"{name}.mp4", name) for name in held.get(camera, ())),
        )
        for index, camera in enumerate(cameras)
    )
    return RunDescription(site, timezone, described, fingerprint, MORNING, **options)  # type: ignore[arg-type]


def seen(
    run_id: str, camera: str, enter_time: float, direction: str = "left", stay_s: float = 3.5
) -> Sighting:
    enter_time = round(enter_time, 6)
    vector = np.random.default_rng(round(abs(enter_time) * 1e6)).normal(size=16).astype(np.float32)
    return Sighting(
        sighting_id=f"{run_id[:8]}-{camera}-{enter_time:.6f}",
        camera=camera,
        enter_time=enter_time,
        exit_time=round(enter_time + stay_s, 6),
        direction=direction,
        frames=42,
        stationary_s=0.25,
        quality=0.75,
        embedding=vector / np.linalg.norm(vector),
        model_id="stripes",
    )


def linked(first: Sighting, second: Sighting) -> Match:
    travel_s = round(second.enter_time - first.enter_time, 6)
    return Match(first.sighting_id, second.sighting_id, 0.375, 0.9, travel_s)


def journey_of(sightings: Sequence[Sighting]) -> Journey:
    matches = tuple(linked(first, second) for first, second in pairwise(sightings))
    return Journey(f"journey-{sightings[0].sighting_id}", tuple(sightings), matches)


def write_run(
    store: FlowStore,
    rides: Sequence[Ride],
    observed: Observed,
    description: RunDescription | None = None,
) -> str:
    """Write a complete run and return its id."""
    description = description or describe(cameras="".join(observed))
    run_id = store.begin_run(description).run_id
    journeys = [journey_of(ride.seen_by(run_id)) for ride in rides]
    sightings = [one for journey in journeys for one in journey.sightings]
    for camera in observed:
        own = [one for one in sightings if one.camera == camera]
        store.save_progress(run_id, camera, own, observed[camera], "end")
    store.save_matching(run_id, MORNING + 7200, (), journeys, forget_before=MORNING)
    store.finish_run(run_id)
    return run_id


def rides_of(routes: Mapping[str, int], start: float = MORNING, seconds_apart: float = 1.5) -> list[Ride]:
    """So many rides over each route (``A>B>C``), half a minute a link; no two enter a view at once."""
    rides: list[Ride] = []
    for route, count in routes.items():
        for _ in range(count):
            begin = start + (seconds_apart + 0.001) * len(rides)
            stops = [(camera, begin + 30.0 * step) for step, camera in enumerate(route.split(">"))]
            rides.append(Ride(tuple(stops)))
    return rides


def random_rides(seed: int, count: int, hours: float, cameras: str = "ABCD") -> list[Ride]:
    """Rides of one to four stops with times to the microsecond."""
    dice = random.Random(seed)
    rides = []
    for _ in range(count):
        time = MORNING + dice.random() * hours * 3600
        stops = []
        for camera in dice.choices(cameras, k=dice.choice((1, 1, 2, 2, 3, 4))):
            if not stops or stops[-1][0] != camera:
                stops.append((camera, round(time, 6)))
            time += dice.uniform(8, 400)
        rides.append(Ride(tuple(stops), dice.choice(("left", "right", "straight on"))))
    return rides


def rows_of(url: str, view: str) -> list[dict[str, Any]]:
    """The rows of a view, in an order of their own."""
    store = FlowStore.open_for_reading(url)
    with store.database.transaction() as connection:
        rows = [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {view}").mappings()]
    store.close()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])
