"""Reads the layout of Market-1501 (Zheng et al. 2015)."""

from dataclasses import dataclass
from pathlib import Path

from reid.datasets.folders import list_images
from reid.datasets.naming import MarketName
from reid.datasets.values import CropFile, ReidDataset
from tracking.errors import UsageError

JUNK = -1
"""Identity of boxes that count neither as right nor as wrong."""
TRAIN, QUERY, GALLERY = "bounding_box_train", "query", "bounding_box_test"


@dataclass(frozen=True, slots=True)
class MarketSet:
    """The three folders of Market-1501.

    Attributes:
        train: ``bounding_box_train``.
        query: ``query``.
        gallery: ``bounding_box_test`` without junk; identity 0 stands for distractors.
    """

    train: ReidDataset
    query: ReidDataset
    gallery: ReidDataset


def read_market(root: Path) -> MarketSet:
    """Read a copy of Market-1501.

    Raises:
        UsageError: A folder is missing, empty, or holds a file with another kind of name; a query's
            identity is not in the gallery.
    """
    missing = [name for name in (TRAIN, QUERY, GALLERY) if not (root / name).is_dir()]
    if missing:
        raise UsageError(
            f"{root}: has no folder {missing[0]}; Market-1501 consists of {TRAIN}, {QUERY}, {GALLERY}"
        )
    train, query, gallery = (read_market_folder(root / name) for name in (TRAIN, QUERY, GALLERY))
    if absent := sorted(set(query.identities) - set(gallery.identities)):
        raise UsageError(
            f"{root}: identity {absent[0]} is in {QUERY} but not in {GALLERY}; the copy is incomplete"
        )
    return MarketSet(train, query, gallery)


def read_market_folder(folder: Path) -> ReidDataset:
    """Read one folder whose file names are those of Market-1501; junk is left out.

    Raises:
        UsageError: The folder is missing or empty, or a name is of another kind.
    """
    crops = []
    for path in list_images(folder):
        name = MarketName.parse(path.name)
        if name is None:
            raise UsageError(f"{path}: the name is not like 0001_c1s1_001051_00.jpg")
        if name.identity != JUNK:
            crops.append(CropFile(path, name.identity, name.camera))
    return ReidDataset(str(folder), tuple(crops))
