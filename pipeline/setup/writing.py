"""Writing what was drawn into the site file: checked first, comments kept, the old file beside it."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.configuration import Configuration, edited_file, load_configuration
from pipeline.configuration.document import read_document
from pipeline.configuration.origin import KeyPath
from pipeline.setup.drawing import Drawing, drawing_of
from tracking.errors import UsageError
from tracking.region import Point


@dataclass(frozen=True, slots=True)
class LinkEdit:
    """What somebody wants of a link.

    Attributes:
        number: Its place in the file; None for a new one.
        origin: Camera that the cyclist leaves.
        destination: Camera that the cyclist reaches.
        distance_m: Along the street; None leaves what the file says.
        drop: Take it out.
    """

    number: int | None
    origin: str = ""
    destination: str = ""
    distance_m: float | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """Where cameras stand and how they are joined.

    Attributes:
        locations: Camera id → latitude and longitude, or None.
        links: Of every link of the file, and of new ones.
    """

    locations: Mapping[str, Point | None]
    links: tuple[LinkEdit, ...]


def stamp_of(file: Path) -> str:
    """What a site file is known by, to see whether somebody else has changed it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def kept_beside(file: Path) -> Path:
    """Where the file from before the last change lies."""
    return file.with_name(f"{file.name}.old")


def write_drawing(
    configuration: Configuration, camera_id: str, drawing: Drawing, frame_size: tuple[int, int]
) -> bool:
    """Put shapes into the site file; where one cannot be used, the file stays as it is.

    Args:
        configuration: Of the site, as its file is now.
        camera_id: Camera.
        drawing: The shapes.
        frame_size: Width and height of its frames, pixels.

    Returns:
        False where the file says all of it already.

    Raises:
        UsageError: A shape cannot be used, or the file cannot be changed in single places.
        OSError: It cannot be written.
    """
    number = [camera.id for camera in configuration.cameras].index(camera_id)
    now = drawing_of(configuration, camera_id, frame_size).values
    changed = {key: value for key, value in drawing.values.items() if value != now[key]}
    places: dict[KeyPath, Any] = {("cameras", number, key): value for key, value in changed.items()}
    return _write(configuration.file, places, lambda written: written.region(camera_id, frame_size))


def write_network(configuration: Configuration, network: Network) -> bool:
    """Put locations and links into the site file; see `write_drawing`."""
    places: dict[KeyPath, Any] = {}
    for number, camera in enumerate(configuration.cameras):
        place = network.locations.get(camera.id)
        if place != camera.location:
            places["cameras", number, "location"] = None if place is None else list(place)
    said = read_document(configuration.file).content.get("links") or []
    places |= _places_of_links(said, network.links)
    return _write(configuration.file, places, lambda written: None)


def _places_of_links(said: list[dict[str, Any]], edits: Iterable[LinkEdit]) -> dict[KeyPath, Any]:
    known = {one.number: one for one in edits if one.number is not None}
    kept = [dict(one) for number, one in enumerate(said) if not (number in known and known[number].drop)]
    places: dict[KeyPath, Any] = {}
    if len(kept) == len(said):
        for number, one in enumerate(kept):
            distance = known[number].distance_m if number in known else None
            if distance is not None and distance != one.get("distance_m"):
                one["distance_m"] = distance
                places["links", number, "distance_m"] = distance
    new = [
        {"from": one.origin, "to": one.destination, "distance_m": one.distance_m}
        for one in edits
        if one.number is None
    ]
    if new or len(kept) != len(said):
        places[("links",)] = [*kept, *new]
    return places


def _write(file: Path, places: Mapping[KeyPath, Any], check: Callable[[Configuration], object]) -> bool:
    if not places:
        return False
    with edited_file(file, places) as part:
        try:
            check(load_configuration(part))
        except UsageError as error:
            raise UsageError(str(error).replace(str(part), file.name)) from None
        shutil.copy2(file, kept_beside(file))
    return True
