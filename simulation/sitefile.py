"""The site file that lets `pipeline run` process a simulated city."""

from datetime import timedelta
from pathlib import Path

import yaml

from simulation.world import World
from tracking.arrays import FloatArray

TIMEZONE = "Europe/Amsterdam"


def write_site(path: Path, world: World, regions: list[FloatArray], clock_errors_s: list[float]) -> None:
    """Describe cameras and links; paths are relative to the file.

    Links join the cameras between which a street leads past no other camera.

    Args:
        path: YAML file.
        world: What happened.
        regions: Region of interest of each camera, relative corners.
        clock_errors_s: What each camera's clock shows too much; the site file believes the clock.
    """
    names = world.network.names
    cameras = [
        {
            "id": name,
            "source": f"camera_{name}.mp4",
            "start": (
                world.start.replace(tzinfo=None) + timedelta(seconds=clock_errors_s[number])
            ).isoformat(),
            "location": [float(value) for value in world.network.locations[number]],
            "roi": [[float(x), float(y)] for x, y in regions[number]],
        }
        for number, name in enumerate(names)
    ]
    links = [
        {"from": names[a], "to": names[b], "distance_m": round(distance, 1)}
        for (a, b), distance in sorted(distances(world).items())
    ]
    site = {"site": "simulated", "timezone": TIMEZONE, "cameras": cameras, "links": links}
    path.write_text(
        yaml.safe_dump(site, sort_keys=False, default_flow_style=None, width=110), encoding="utf-8"
    )


def distances(world: World) -> dict[tuple[int, int], float]:
    """Lengths of the streets between cameras, both ways, metres; of several the shortest."""
    found: dict[tuple[int, int], float] = {}
    for street in world.network.streets:
        a, b = street.cameras
        for pair in ((a, b), (b, a)):
            found[pair] = min(street.distance_m, found.get(pair, street.distance_m))
    return found
