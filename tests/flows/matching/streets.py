"""Small streets for the matching tests: sightings, looks and links in one line each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from flows.matching import CameraLink, EventTimeMatcher, LinkNetwork, MatchingSettings, TravelWindow
from flows.values import Journey, Match, Sighting

DAY_S = 86_400.0


def look(angle_deg: float) -> np.ndarray:
    """A unit embedding on a circle; looks 60° apart are 1.0 apart."""
    radians = np.deg2rad(angle_deg)
    return np.array([np.cos(radians), np.sin(radians)], np.float32)


def seen(key: str, enter: float, angle_deg: float | None = 0.0, stay_s: float = 2.0) -> Sighting:
    """A sighting whose camera is the first letter of its id."""
    embedding = None if angle_deg is None else look(angle_deg)
    return Sighting(key, key[0], enter, enter + stay_s, "in", 30, 0.0, 1.0, embedding, "circle")


def street(*links: tuple[str, float, float]) -> LinkNetwork:
    """Links such as ``("AB", 20, 60)``."""
    return LinkNetwork(CameraLink(ends[0], ends[1], TravelWindow(low, high)) for ends, low, high in links)


def match_all(
    sightings: Iterable[Sighting],
    network: LinkNetwork,
    threshold: float = 0.8,
    settings: MatchingSettings | None = None,
) -> tuple[tuple[Match, ...], tuple[Journey, ...]]:
    """Matches and journeys of a whole recording."""
    matcher = EventTimeMatcher(network, settings or MatchingSettings(), threshold)
    matcher.add(sightings)
    outcome = matcher.finish()
    return outcome.matches, outcome.journeys


def routes(journeys: Sequence[Journey]) -> list[str]:
    """Journeys as ``"a1>b1"``, sorted."""
    return sorted(">".join(sighting.sighting_id for sighting in journey.sightings) for journey in journeys)


def two_days(seed: int, riders: int = 400, every_s: float = 20.0) -> list[Sighting]:
    """Riders from A to B, a minute each, on two days; each seen by one camera or both."""
    dice = np.random.default_rng(seed)
    found = []
    for day in (0, 1):
        for n in range(riders):
            moment = day * DAY_S + n * every_s
            look = dice.normal(size=16)
            for camera, travel_s in (("A", 0.0), ("B", float(dice.uniform(40, 90)))):
                if dice.random() < 0.4:
                    continue  # Turned off before, or came from elsewhere.
                view = look / np.linalg.norm(look) + dice.normal(size=16) * 0.1
                unit = (view / np.linalg.norm(view)).astype(np.float32)
                name = f"{camera}{day}{n:03d}"
                found.append(replace(seen(name, moment + travel_s), embedding=unit))
    return found
