"""Reads the sets that `pipeline dataset build` writes."""

from pathlib import Path

from reid.datasets.parts import Part
from reid.datasets.tables import read_tables
from reid.datasets.values import CropFile, ReidDataset
from tracking.errors import UsageError


def read_part(folder: Path, part: Part | str) -> ReidDataset:
    """Read one part of a set.

    Args:
        folder: What `pipeline dataset build` wrote.
        part: ``train``, ``validation`` or ``test``.

    Raises:
        UsageError: The folder is no such set, pictures are missing, or the part is empty.
    """
    wanted = Part(part)
    crops = [
        CropFile(
            path=folder / placed.path(crop),
            identity=placed.identity,
            camera=placed.stored.camera,
            tracklet=placed.stored.tracklet,
            time=float(crop.time),
        )
        for placed in read_tables(folder)
        if placed.part is wanted
        for crop in placed.stored.crops
    ]
    if not crops:
        hint = "; `pipeline dataset review` makes it from the validation part" if wanted is Part.TEST else ""
        raise UsageError(f"{folder}: the part {wanted} is empty{hint}")
    present = {path.name for path in (folder / wanted).iterdir()} if (folder / wanted).is_dir() else set()
    missing = [crop.path for crop in crops if crop.path.name not in present]
    if missing:
        raise UsageError(
            f"{missing[0]}: is missing ({len(missing)} of {len(crops)} images); build the set again"
        )
    return ReidDataset(f"{folder}/{wanted}", tuple(sorted(crops, key=lambda crop: crop.path)))
