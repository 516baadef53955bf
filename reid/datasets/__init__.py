"""Data sets for training and measuring encoders: who is on which crop, from which camera, when.

Readers for the sets that `pipeline dataset build` writes, for the layouts of Market-1501, DukeMTMC-reID,
MARS and LaST, and for folders of paired pictures of two cameras, all to the same frozen values.
"""

from reid.datasets.documented import PUBLISHED, PartFinding, PublishedLayout, compare_with_documented
from reid.datasets.last import read_last
from reid.datasets.market import read_duke, read_duke_folder, read_market, read_market_folder
from reid.datasets.mars import read_mars
from reid.datasets.naming import DukeName, MarketName, MarsName, PairName
from reid.datasets.own import read_part
from reid.datasets.parts import Part
from reid.datasets.split import SplitRule
from reid.datasets.tables import StoredCrop, StoredTracklet
from reid.datasets.two_cameras import read_two_cameras
from reid.datasets.values import CropFile, QueryGallerySet, ReidCounts, ReidDataset

__all__ = [
    "PUBLISHED",
    "CropFile",
    "DukeName",
    "MarketName",
    "MarsName",
    "PairName",
    "Part",
    "PartFinding",
    "PublishedLayout",
    "QueryGallerySet",
    "ReidCounts",
    "ReidDataset",
    "SplitRule",
    "StoredCrop",
    "StoredTracklet",
    "compare_with_documented",
    "read_duke",
    "read_duke_folder",
    "read_last",
    "read_market",
    "read_market_folder",
    "read_mars",
    "read_part",
    "read_two_cameras",
]
