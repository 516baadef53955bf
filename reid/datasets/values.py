"""What every reader returns."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from tracking.errors import UsageError

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CropFile:
    """One picture of one rider.

    Attributes:
        path: The image file.
        identity: Who; in a training part that is not linked, which tracklet.
        camera: Camera number, from 1.
        tracklet: Passage that the picture belongs to; None where the set does not say.
        time: Seconds since the epoch, whole; None where the set does not say.
    """

    path: Path
    identity: int
    camera: int
    tracklet: int | None = None
    time: float | None = None


@dataclass(frozen=True, slots=True)
class ReidCounts:
    """How large a set is, in the columns of the thesis' Table III.

    Attributes:
        cameras: Number of cameras.
        identities: Number of identities.
        crops: Number of pictures.
        linked: Identities seen by at least two cameras.
    """

    cameras: int
    identities: int
    crops: int
    linked: int


@dataclass(frozen=True, slots=True)
class ReidDataset:
    """Pictures with identities.

    Attributes:
        name: For messages and reports.
        crops: In the order of their paths.
    """

    name: str
    crops: tuple[CropFile, ...]

    def __len__(self) -> int:
        return len(self.crops)

    @property
    def identities(self) -> tuple[int, ...]:
        """Every identity, ascending."""
        return tuple(sorted({crop.identity for crop in self.crops}))

    @property
    def cameras(self) -> tuple[int, ...]:
        """Every camera, ascending."""
        return tuple(sorted({crop.camera for crop in self.crops}))

    @property
    def counts(self) -> ReidCounts:
        """How large the set is."""
        alone = len(self.identities_in_one_camera)
        identities = len(self.identities)
        return ReidCounts(len(self.cameras), identities, len(self.crops), identities - alone)

    @property
    def identities_with_one_image(self) -> tuple[int, ...]:
        """Identities with a single picture, of which no positive pair can be made."""
        number: dict[int, int] = defaultdict(int)
        for crop in self.crops:
            number[crop.identity] += 1
        return tuple(sorted(identity for identity, count in number.items() if count == 1))

    @property
    def identities_in_one_camera(self) -> tuple[int, ...]:
        """Identities that only one camera saw: distractors, nothing to be found elsewhere."""
        seen: dict[int, set[int]] = defaultdict(set)
        for crop in self.crops:
            seen[crop.identity].add(crop.camera)
        return tuple(sorted(identity for identity, cameras in seen.items() if len(cameras) == 1))

    def with_identities(self, identities: Collection[int]) -> "ReidDataset":
        """Keep some identities."""
        wanted = frozenset(identities)
        return replace(self, crops=tuple(crop for crop in self.crops if crop.identity in wanted))

    def from_camera(self, camera: int) -> "ReidDataset":
        """Keep one camera.

        Raises:
            UsageError: The set has no such camera.
        """
        if camera not in self.cameras:
            known = ", ".join(map(str, self.cameras))
            raise UsageError(f"{self.name}: there is no camera {camera}; the set has {known}")
        return replace(self, crops=tuple(crop for crop in self.crops if crop.camera == camera))

    def require_positive_pairs(self) -> "ReidDataset":
        """Insist that every identity has at least two pictures.

        Raises:
            UsageError: Names the identities with one.
        """
        if single := self.identities_with_one_image:
            raise UsageError(
                f"{self.name}: {_named(single)} one image only, which gives no positive pair; "
                "leave them out or add images"
            )
        return self

    def require_links(self) -> "ReidDataset":
        """Insist that at least one identity was seen by two cameras, so that there is something to find.

        Raises:
            UsageError: There is none.
        """
        if len(self.cameras) < 2:
            raise UsageError(f"{self.name}: has {len(self.cameras)} camera; re-identification needs two")
        if not self.counts.linked:
            raise UsageError(
                f"{self.name}: no identity was seen by two cameras, so its identities are tracklets; "
                "link them with `pipeline dataset review`"
            )
        return self


@dataclass(frozen=True, slots=True)
class QueryGallerySet:
    """A published set: people to train on, and others to be asked for among many.

    Attributes:
        train: Training pictures.
        query: Who is asked for.
        gallery: Where they are searched, without junk; identity 0 stands for distractors.
    """

    train: ReidDataset
    query: ReidDataset
    gallery: ReidDataset

    def require_answers(self) -> "QueryGallerySet":
        """Insist that everybody who is asked for can be found.

        Raises:
            UsageError: Somebody is not in the gallery.
        """
        if absent := sorted(set(self.query.identities) - set(self.gallery.identities)):
            raise UsageError(
                f"{self.gallery.name}: has no picture of identity {absent[0]}, which is asked for in "
                f"{Path(self.query.name).name}; the copy is incomplete"
            )
        return self


def _named(identities: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, identities[:_SHOWN]))
    if len(identities) == 1:
        return f"identity {shown} has"
    more = f" and {len(identities) - _SHOWN} more" if len(identities) > _SHOWN else ""
    return f"identities {shown}{more} have"
