"""Reads the layout of LaST (Shu et al. 2021): people in films, in changing clothes."""

from pathlib import Path
from typing import Literal

from reid.datasets.folders import list_images
from reid.datasets.values import CropFile, QueryGallerySet, ReidDataset
from tracking.errors import UsageError


def read_last(root: Path, part: Literal["val", "test"] = "test") -> QueryGallerySet:
    """Read a copy of LaST.

    The set has no cameras: each picture counts as seen by its own, so that every other picture of the
    same person is a right answer, as its authors evaluate.

    Args:
        root: Folder with ``train``, ``val`` and ``test``.
        part: Which queries and gallery.

    Raises:
        UsageError: A folder is missing or empty, or a name does not begin with a number.
    """
    train = [path for folder in _people(root / "train") for path in list_images(folder)]
    query = list(list_images(root / part / "query"))
    gallery = [path for folder in _people(root / part / "gallery") for path in list_images(folder)]
    return QueryGallerySet(
        _dataset(f"{root}/train", train, 1),
        _dataset(f"{root}/{part}/query", query, 1),
        _dataset(f"{root}/{part}/gallery", gallery, 1 + len(query)),
    )


def _people(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(
            f"{folder}: is no folder; LaST consists of train, and of val and test with query and gallery"
        )
    found = sorted(path for path in folder.iterdir() if path.is_dir())
    if not found:
        raise UsageError(f"{folder}: holds no folder for each person; LaST has one, such as 000001")
    return found


def _dataset(name: str, paths: list[Path], first_camera: int) -> ReidDataset:
    crops = (CropFile(path, _identity(path), first_camera + n) for n, path in enumerate(paths))
    return ReidDataset(name, tuple(crops))


def _identity(path: Path) -> int:
    who = path.stem.split("_", 1)[0]
    if not who.isdecimal():
        raise UsageError(f"{path}: the name does not begin with the number of a person, like 000001_0.jpg")
    return int(who)
