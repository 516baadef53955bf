"""Crops in folders: who is on them, by their names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tracking.errors import UsageError

_MARKET = re.compile(r"^(?P<who>-?\d+)_c(?P<where>\d+)")
"""``0001_c1s1_001051_00.jpg`` (Market-1501): rider, camera, sequence, frame, box."""
_TWO_CAMERAS = re.compile(r"^(?:[A-Za-z]+_)?(?P<who>\d+)_(?:cam|camera)(?P<where>\w+)$")
"""``motorcycle_0001_cam1.jpg``."""
_IMAGES = (".jpg", ".jpeg", ".png", ".bmp")
_JUNK = "-1"
"""Market-1501's mark for boxes that show nobody as a whole."""
_QUERY, _GALLERY = "query", ("bounding_box_test", "gallery")


@dataclass(frozen=True, slots=True)
class LabelledCrop:
    """A crop with its truth.

    Attributes:
        path: The image.
        identity: Rider, without leading zeros, so that 0001 and 1 are the same.
        camera: Camera.
        query: Whether it asks or is searched; None where each crop asks once.
    """

    path: Path
    identity: str
    camera: str
    query: bool | None


def find_crops(folder: Path, query_camera: str | None = None) -> list[LabelledCrop]:
    """List the crops of a folder, or of its sub-folders ``query`` and ``bounding_box_test``.

    Args:
        folder: Crops named like Market-1501 or like ``rider_0001_cam1.jpg``.
        query_camera: The crops of this camera ask, all others are searched.

    Raises:
        UsageError: There are no crops, or one has another name.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; give a folder of crops or an .npz file of embeddings")
    gallery = next((folder / name for name in _GALLERY if (folder / name).is_dir()), None)
    if (folder / _QUERY).is_dir() and gallery is not None:
        crops = [*_read(folder / _QUERY, True), *_read(gallery, False)]
    else:
        crops = list(_read(folder, None))
    if not crops:
        raise UsageError(f"{folder}: holds no images (.jpg, .png); give a folder of crops")
    if query_camera is None:
        return crops
    cameras = sorted({crop.camera for crop in crops})
    if query_camera not in cameras:
        raise UsageError(f"--query-camera: there is no camera {query_camera}; there are {', '.join(cameras)}")
    return [
        LabelledCrop(crop.path, crop.identity, crop.camera, crop.camera == query_camera) for crop in crops
    ]


def _read(folder: Path, query: bool | None) -> Iterable[LabelledCrop]:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _IMAGES:
            continue
        name = _MARKET.match(path.stem) or _TWO_CAMERAS.match(path.stem)
        if name is None:
            raise UsageError(
                f"{path}: its name says neither rider nor camera; name crops like 0001_c1s1_001051_00.jpg or "
                "rider_0001_cam1.jpg"
            )
        if name["who"] != _JUNK:
            yield LabelledCrop(path, name["who"].lstrip("0") or "0", name["where"], query)
