"""Reads folders with one picture of each rider from each of two cameras."""

from pathlib import Path

from reid.datasets.folders import list_images
from reid.datasets.naming import PairName
from reid.datasets.values import CropFile, ReidDataset
from tracking.errors import UsageError


def read_two_cameras(folder: Path, kind: str | None = None) -> ReidDataset:
    """Read names like ``motorcycle_0001_cam1.jpg``.

    Args:
        folder: Where the pictures lie.
        kind: Which kind to read, ``motorcycle`` above; None where the folder has one only.

    Raises:
        UsageError: The folder is missing or empty, a name is of another kind, several kinds (numbered
            each for itself) lie in it and none is chosen, or an identity lacks a camera.
    """
    named = [(path, _parse(path)) for path in list_images(folder)]
    kinds = sorted({name.kind for _, name in named})
    if kind is None and len(kinds) > 1:
        raise UsageError(f"{folder}: holds {', '.join(kinds)}, each numbered for itself; read one of them")
    if kind is not None and kind not in kinds:
        raise UsageError(f"{folder}: holds no {kind}, only {', '.join(kinds)}")
    chosen = kind or kinds[0]
    crops = tuple(CropFile(path, name.identity, name.camera) for path, name in named if name.kind == chosen)
    dataset = ReidDataset(str(folder), crops)
    _check_cameras(dataset)
    return dataset


def _parse(path: Path) -> PairName:
    name = PairName.parse(path.name)
    if name is None:
        raise UsageError(f"{path}: the name is not like motorcycle_0001_cam1.jpg")
    return name


def _check_cameras(dataset: ReidDataset) -> None:
    if len(dataset.cameras) != 2:
        raise UsageError(
            f"{dataset.name}: has camera {', '.join(map(str, dataset.cameras))}; expected two cameras"
        )
    if alone := dataset.identities_in_one_camera:
        has = next(crop.camera for crop in dataset.crops if crop.identity == alone[0])
        lacks = next(camera for camera in dataset.cameras if camera != has)
        raise UsageError(
            f"{dataset.name}: identity {alone[0]} lacks camera {lacks} "
            f"({len(alone)} of {len(dataset.identities)} identities are incomplete)"
        )
