"""How large published sets are said to be, to notice a copy that is not whole."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reid.datasets.last import read_last
from reid.datasets.market import read_duke, read_market
from reid.datasets.mars import read_mars
from reid.datasets.values import QueryGallerySet, ReidDataset

PublishedLayout = Literal["market", "duke", "mars", "last"]


@dataclass(frozen=True, slots=True)
class PartSize:
    """Size of one part, without junk.

    Attributes:
        identities: Number of identities, the distractor 0 among them; None where nothing is published.
        images: Number of pictures, or None where passages are counted.
        tracklets: Number of passages, or None where pictures are counted.
    """

    identities: int | None
    images: int | None = None
    tracklets: int | None = None


@dataclass(frozen=True, slots=True)
class PartFinding:
    """One part of a copy beside what is published.

    Attributes:
        part: ``train``, ``query``, ``gallery``, or ``test`` for the last two together.
        found: What the copy holds.
        documented: What is published.
    """

    part: str
    found: PartSize
    documented: PartSize

    @property
    def is_whole(self) -> bool:
        """Whether the copy has exactly what is published."""
        return self.found == self.documented


@dataclass(frozen=True, slots=True)
class PublishedSet:
    """A published set.

    Attributes:
        title: Its name.
        read: Reads a copy.
        sizes: What its authors say, by part.
    """

    title: str
    read: Callable[[Path], QueryGallerySet]
    sizes: dict[str, PartSize]


PUBLISHED: dict[PublishedLayout, PublishedSet] = {
    "market": PublishedSet(
        "Market-1501",
        read_market,
        {"train": PartSize(751, 12_936), "query": PartSize(750, 3_368), "gallery": PartSize(751, 15_913)},
    ),
    "duke": PublishedSet(
        "DukeMTMC-reID",
        read_duke,
        {"train": PartSize(702, 16_522), "query": PartSize(702, 2_228), "gallery": PartSize(1_110, 17_661)},
    ),
    "mars": PublishedSet(
        "MARS",
        read_mars,
        {
            "train": PartSize(625, tracklets=8_298),
            "query": PartSize(None, tracklets=1_980),
            "gallery": PartSize(None, tracklets=9_330),
        },
    ),
    "last": PublishedSet(
        "LaST", read_last, {"train": PartSize(5_000, 71_248), "test": PartSize(5_806, 135_529)}
    ),
}
"""Market-1501: Zheng et al. 2015 (19,732 test pictures, 3,819 of them junk); DukeMTMC-reID: Zheng et al.
2017; MARS: Zheng et al. 2016; LaST: Shu et al. 2021."""


def compare_with_documented(layout: PublishedLayout, found: QueryGallerySet) -> tuple[PartFinding, ...]:
    """Hold a copy against what its authors say about the set.

    Args:
        layout: Which set.
        found: The copy.
    """
    return tuple(
        PartFinding(part, _measure(_part(found, part), size), size)
        for part, size in PUBLISHED[layout].sizes.items()
    )


def _part(found: QueryGallerySet, part: str) -> tuple[ReidDataset, ...]:
    parts = {"train": (found.train,), "query": (found.query,), "gallery": (found.gallery,)}
    return parts.get(part, (found.query, found.gallery))


def _measure(datasets: tuple[ReidDataset, ...], documented: PartSize) -> PartSize:
    """Count what is published, and nothing else, so that both compare."""
    crops = [crop for dataset in datasets for crop in dataset.crops]
    return PartSize(
        None if documented.identities is None else len({crop.identity for crop in crops}),
        None if documented.images is None else len(crops),
        None if documented.tracklets is None else len({crop.tracklet for crop in crops}),
    )
