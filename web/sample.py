"""A made-up town with some weeks of cyclists, for `make demo`, pictures of the pages, and tests.

Nobody of it exists, and no camera filmed it: the numbers are drawn, and written as a run would write them.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np

from flows.database import Account, CameraDescription, FlowStore, RunDescription, Unobserved
from flows.values import Journey, Match, Sighting, journey_id

ZONE = ZoneInfo("Europe/Amsterdam")
PLACES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "station": (53.2108, 6.5540),
        "museum-bridge": (53.2132, 6.5668),
        "market": (53.2187, 6.5632),
        "campus": (53.2296, 6.5330),
        "north-park": (53.2262, 6.5520),
        "hospital": (53.2203, 6.5862),
    }
)
"""Camera → latitude and longitude."""

ROUTES: Mapping[tuple[str, ...], float] = MappingProxyType(
    {
        ("station", "museum-bridge", "market"): 20,
        ("market", "museum-bridge", "station"): 18,
        ("market", "north-park", "campus"): 16,
        ("campus", "north-park", "market"): 15,
        ("station", "museum-bridge", "market", "north-park", "campus"): 9,
        ("campus", "north-park", "market", "museum-bridge", "station"): 8,
        ("station", "museum-bridge", "hospital"): 9,
        ("hospital", "museum-bridge", "station"): 8,
        ("hospital", "market"): 7,
        ("market", "hospital"): 7,
        ("hospital", "north-park"): 0.4,
        ("museum-bridge",): 4,
        ("north-park",): 3,
        ("market",): 3,
    }
)
"""Cameras in order → how many riders take them, beside each other."""

OUTAGES: Sequence[tuple[str, float, float, str]] = (
    # Camera, day and hour of its beginning, hours, reason.
    ("campus", 3.375, 5.0, "frozen"),
    ("hospital", 5.0, 40.0, "no_footage"),
    ("market", 6.67, 0.4, "black"),
    ("north-park", 1.5, 2.5, "low_frame_rate"),
)
_WORKDAY = (1, 1, 1, 1, 2, 6, 22, 70, 95, 42, 26, 30, 38, 34, 34, 46, 72, 88, 54, 30, 22, 16, 10, 4)
_WEEKEND = (6, 5, 4, 2, 1, 2, 4, 8, 18, 34, 48, 56, 60, 62, 60, 56, 50, 42, 34, 28, 22, 18, 14, 10)
_SPEED_MS = 4.6
_STAY_S = 3.0


@dataclass(frozen=True, slots=True)
class Town:
    """How much of a town is made up.

    Attributes:
        first: First day.
        days: So many days.
        riders_a_day: On a working day; fewer at the weekend.
        seed: The same seed gives the same town.
    """

    first: date = date(2026, 9, 28)
    days: int = 42
    riders_a_day: int = 1100
    seed: int = 1


def write_town(url: str, town: Town | None = None) -> None:
    """Write a town into a database that does not exist yet.

    Raises:
        DatabaseError: The database cannot be written.
    """
    town = town or Town()
    dice = np.random.default_rng(town.seed)
    store = FlowStore.open(url)
    cameras = tuple(CameraDescription(name, place) for name, place in PLACES.items())
    begun = _moment(town.first)
    run = store.begin_run(RunDescription("sample-town", ZONE.key, cameras, f"town {town}", begun)).run_id
    outages = _outages(town)
    for number in range(town.days):
        day = town.first + timedelta(days=number)
        journeys = list(_journeys(run, day, town, outages, dice))
        for camera in PLACES:
            seen = [one for whole in journeys for one in whole.sightings if one.camera == camera]
            watched = _watched(day, outages[camera])
            unseen = [one for one in outages[camera] if _moment(day) <= one.start < _moment(day, 1)]
            store.save_progress(run, camera, seen, watched, str(day), Account(unobserved=tuple(unseen)))
        store.save_matching(run, _moment(day, 1), (), journeys, forget_before=_moment(day))
    store.finish_run(run)
    store.close()


def _moment(day: date, later: int = 0) -> float:
    """Seconds since the epoch of a midnight of the town."""
    return datetime.combine(day + timedelta(days=later), time(), ZONE).timestamp()


def _outages(town: Town) -> dict[str, list[Unobserved]]:
    found: dict[str, list[Unobserved]] = {camera: [] for camera in PLACES}
    for week in range(max(town.days - 7, 0) % 14, town.days, 14):
        for camera, day, hours, reason in OUTAGES:
            if week + day < town.days:
                start = _moment(town.first, week) + day * 86_400
                found[camera].append(Unobserved(start, start + hours * 3600, reason))
    return found


def _watched(day: date, outages: Sequence[Unobserved]) -> list[tuple[float, float]]:
    """The stretches of a day without the outages."""
    begin, end = _moment(day), _moment(day, 1)
    found = []
    for outage in outages:
        if outage.start < end and outage.end > begin:
            found.append((begin, min(max(outage.start, begin), end)))
            begin = min(max(outage.end, begin), end)
    found.append((begin, end))
    return [(start, until) for start, until in found if until > start]


def _journeys(
    run: str, day: date, town: Town, outages: Mapping[str, Sequence[Unobserved]], dice: np.random.Generator
) -> Iterator[Journey]:
    """The journeys of a day, cut where a camera did not watch."""
    hours = np.array(_WEEKEND if day.weekday() > 4 else _WORKDAY, float)
    expected = town.riders_a_day * hours.sum() / sum(_WORKDAY) * dice.uniform(0.8, 1.15)
    routes = list(ROUTES)
    weights = np.array(list(ROUTES.values())) / sum(ROUTES.values())
    for _ in range(dice.poisson(expected)):
        hour = int(dice.choice(24, p=hours / hours.sum()))
        wall = datetime.combine(day, time(hour)) + timedelta(seconds=float(dice.uniform(0, 3600)))
        moment = round(wall.replace(tzinfo=ZONE).timestamp(), 6)
        stops: list[Sighting] = []
        pace = max(dice.normal(1, 0.16), 0.6)
        route = routes[int(dice.choice(len(routes), p=weights))]
        for place, camera in enumerate(route):
            if place:
                moment = round(moment + _ride_s(route[place - 1], camera) / pace + dice.exponential(12), 6)
            if dice.random() < 0.96 and not _unseen(moment, outages[camera]):
                stops.append(_sighting(run, camera, moment, route, place))
        stops = [one for one in stops if one.exit_time < _moment(day, 1)]
        if stops:
            yield _journey(stops)


def _unseen(moment: float, outages: Sequence[Unobserved]) -> bool:
    return any(one.start - _STAY_S <= moment < one.end for one in outages)


def _ride_s(left: str, reached: str) -> float:
    """Seconds between two cameras, on streets that are a third longer than the way of a bird."""
    (south, west), (north, east) = PLACES[left], PLACES[reached]
    metres = 111_320 * np.hypot(north - south, (east - west) * np.cos(np.radians(south)))
    return float(1.3 * metres / _SPEED_MS)


def _sighting(run: str, camera: str, moment: float, route: Sequence[str], place: int) -> Sighting:
    ahead = route[place + 1] if place + 1 < len(route) else None
    out = PLACES[ahead][0] > PLACES[camera][0] if ahead else place > 0 and _northward(route, place)
    return Sighting(
        sighting_id=f"{run[:8]}-{camera}-{moment:.6f}",
        camera=camera,
        enter_time=moment,
        exit_time=round(moment + _STAY_S, 6),
        direction="northbound" if out else "southbound",
        frames=24,
        stationary_s=0.0,
        quality=0.9,
        embedding=None,
        model_id="none",
    )


def _northward(route: Sequence[str], place: int) -> bool:
    return PLACES[route[place]][0] > PLACES[route[place - 1]][0]


def _journey(stops: Sequence[Sighting]) -> Journey:
    matches = tuple(
        Match(a.sighting_id, b.sighting_id, 0.3, 0.9, round(b.enter_time - a.enter_time, 6))
        for a, b in pairwise(stops)
    )
    return Journey(journey_id(stops[0].sighting_id), tuple(stops), matches)


if __name__ == "__main__":
    write_town(sys.argv[1])
