"""From the `links` and locations of a site file to its link network."""

import math
from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from flows.matching.links import KMH_PER_MPS, CameraLink, LinkNetwork, TravelTime, TravelWindow
from flows.matching.settings import LinkSettings, MatchingSettings
from tracking.errors import UsageError

EARTH_RADIUS_M = 6_371_009.0

STREETS_DIFFER = 0.5
"""Standard deviation of the logarithm of the usual speed, from one street to another: a factor of 1.6."""


class Location(NamedTuple):
    """A place on earth, degrees (WGS 84)."""

    latitude: float
    longitude: float


def great_circle_m(start: Location, end: Location) -> float:
    """Shortest distance over the ground between two places, metres (haversine formula)."""
    north, other_north = math.radians(start.latitude), math.radians(end.latitude)
    half_east = math.radians(end.longitude - start.longitude) / 2
    chord = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin(half_east) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def links_from_settings(
    cameras: Mapping[str, Location | tuple[float, float] | None],
    links: Sequence[LinkSettings] | None,
    settings: MatchingSettings,
) -> LinkNetwork:
    """Build the network of a site.

    Without links, every camera can follow every other: within the times that the great-circle
    distance and a detour allow, or within 0…`max_travel_s` where a location is not known.

    Args:
        cameras: Camera id → (latitude, longitude), or None where not known.
        links: The site file's; None where it gives none. An empty list means that no camera follows
            another.
        settings: Speeds and longest travel time.

    Raises:
        UsageError: A link names an unknown camera or repeats another.
    """
    if links is not None:
        _check(cameras, links)
        return LinkNetwork(_given(link, settings) for link in links)
    found = (_between(start, end, cameras, settings) for start, end in permutations(cameras, 2))
    return LinkNetwork(link for link in found if link is not None)


def _check(cameras: Mapping[str, object], links: Sequence[LinkSettings]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for index, link in enumerate(links):
        for key, camera in (("from", link.from_camera), ("to", link.to_camera)):
            if camera not in cameras:
                known = ", ".join(sorted(cameras))
                raise UsageError(f"links[{index}].{key}: there is no camera {camera!r}; the site has {known}")
        first = seen.setdefault((link.from_camera, link.to_camera), index)
        if first != index:
            raise UsageError(
                f"links[{index}]: {link.from_camera} to {link.to_camera} is already given by links[{first}]; "
                "keep one of them"
            )


def _given(link: LinkSettings, settings: MatchingSettings) -> CameraLink:
    if link.distance_m is not None:
        window = TravelWindow.from_distance(link.distance_m, settings.slowest_kmh, settings.fastest_kmh)
    else:
        window = TravelWindow(link.min_travel_s or 0.0, link.max_travel_s or 0.0)
    return CameraLink(link.from_camera, link.to_camera, window, _usual(link, settings))


def _usual(link: LinkSettings, settings: MatchingSettings) -> TravelTime | None:
    """What is known of a link before its own travel times are: hardly anything, where only its length is."""
    if link.median_travel_s is not None:
        return TravelTime(link.median_travel_s, link.travel_spread)
    if link.distance_m is None:
        return None
    median_s = link.distance_m * KMH_PER_MPS / settings.usual_kmh
    return TravelTime(median_s, math.hypot(link.travel_spread, STREETS_DIFFER))


def _between(
    start: str,
    end: str,
    cameras: Mapping[str, Location | tuple[float, float] | None],
    settings: MatchingSettings,
) -> CameraLink | None:
    here, there = cameras[start], cameras[end]
    if here is None or there is None:
        return CameraLink(start, end, TravelWindow(0.0, settings.max_travel_s))
    straight_m = great_circle_m(Location(*here), Location(*there))
    # Views reach beyond their cameras: towards each other, or away from each other.
    reach_m = 2 * settings.view_depth_m
    shortest = TravelWindow.from_distance(max(0.0, straight_m - reach_m), fastest_kmh=settings.fastest_kmh)
    street_m = straight_m * settings.detour_factor + reach_m
    longest = TravelWindow.from_distance(street_m, slowest_kmh=settings.slowest_kmh)
    if shortest.earliest_s > settings.max_travel_s:
        return None
    window = TravelWindow(shortest.earliest_s, min(longest.latest_s, settings.max_travel_s))
    return CameraLink(start, end, window)
