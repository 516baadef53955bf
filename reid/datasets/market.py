"""Reads the layouts of Market-1501 (Zheng et al. 2015) and of DukeMTMC-reID (Ristani et al. 2016)."""

from collections.abc import Callable
from pathlib import Path

from reid.datasets.folders import list_images
from reid.datasets.naming import DukeName, MarketName
from reid.datasets.values import CropFile, QueryGallerySet, ReidDataset
from tracking.errors import UsageError

JUNK = -1
"""Identity of boxes that count neither as right nor as wrong."""
TRAIN, QUERY, GALLERY = "bounding_box_train", "query", "bounding_box_test"
NameParser = Callable[[str], MarketName | DukeName | None]


def read_market(root: Path) -> QueryGallerySet:
    """Read a copy of Market-1501.

    Raises:
        UsageError: A folder is missing, empty, or holds a file with another kind of name; a query's
            identity is not in the gallery.
    """
    return _read_three(root, "Market-1501", read_market_folder)


def read_duke(root: Path) -> QueryGallerySet:
    """Read a folder laid out like DukeMTMC-reID.

    The set itself was withdrawn by its authors because the people in it were not asked; the layout
    lives on in sets that were converted to it.

    Raises:
        UsageError: See `read_market`.
    """
    return _read_three(root, "DukeMTMC-reID", read_duke_folder)


def read_market_folder(folder: Path) -> ReidDataset:
    """Read one folder whose file names are those of Market-1501; junk is left out.

    Raises:
        UsageError: The folder is missing or empty, or a name is of another kind.
    """
    return _read_folder(folder, MarketName.parse, "0001_c1s1_001051_00.jpg")


def read_duke_folder(folder: Path) -> ReidDataset:
    """Read one folder whose file names are those of DukeMTMC-reID.

    Raises:
        UsageError: See `read_market_folder`.
    """
    return _read_folder(folder, DukeName.parse, "0001_c2_f0046182.jpg")


def _read_three(root: Path, title: str, read: Callable[[Path], ReidDataset]) -> QueryGallerySet:
    missing = [name for name in (TRAIN, QUERY, GALLERY) if not (root / name).is_dir()]
    if missing:
        raise UsageError(
            f"{root}: has no folder {missing[0]}; {title} consists of {TRAIN}, {QUERY}, {GALLERY}"
        )
    parts = (read(root / name) for name in (TRAIN, QUERY, GALLERY))
    return QueryGallerySet(*parts).require_answers()


def _read_folder(folder: Path, parse: NameParser, example: str) -> ReidDataset:
    crops = []
    for path in list_images(folder):
        name = parse(path.name)
        if name is None:
            raise UsageError(f"{path}: the name is not like {example}")
        if name.identity != JUNK:
            crops.append(CropFile(path, name.identity, name.camera))
    return ReidDataset(str(folder), tuple(crops))
