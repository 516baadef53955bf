"""Data sets for training and measuring encoders: who is on which crop, from which camera, when.

Readers for the sets that `pipeline dataset build` writes, for the layout of Market-1501 and for folders
of paired pictures of two cameras, all to the same frozen values.
"""

from reid.datasets.market import MarketSet, read_market, read_market_folder
from reid.datasets.naming import MarketName, PairName
from reid.datasets.own import read_part
from reid.datasets.parts import Part
from reid.datasets.split import SplitRule
from reid.datasets.tables import StoredCrop, StoredTracklet
from reid.datasets.two_cameras import read_two_cameras
from reid.datasets.values import CropFile, ReidCounts, ReidDataset

__all__ = [
    "CropFile",
    "MarketName",
    "MarketSet",
    "PairName",
    "Part",
    "ReidCounts",
    "ReidDataset",
    "SplitRule",
    "StoredCrop",
    "StoredTracklet",
    "read_market",
    "read_market_folder",
    "read_part",
    "read_two_cameras",
]
