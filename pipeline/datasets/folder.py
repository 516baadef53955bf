"""A data set on disk: opened with its checks, and rearranged so that a crash leaves the old or the new."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.datasets.manifest import MANIFEST, Manifest, count
from reid.datasets.parts import Part
from reid.datasets.placing import place
from reid.datasets.split import SplitRule
from reid.datasets.tables import CROPS, TRACKLETS, PlacedTracklet, StoredTracklet, read_tables, tables_of
from tracking.errors import UsageError

_NEW, _READY = ".arranging", "ready"
_NAMES = (*(part.value for part in Part), CROPS, TRACKLETS, MANIFEST)


@dataclass(frozen=True, slots=True)
class DatasetFolder:
    """A complete data set.

    Attributes:
        path: Where it lies.
        manifest: What it says about itself.
        placed: Its passages, by number.
    """

    path: Path
    manifest: Manifest
    placed: tuple[PlacedTracklet, ...]

    @classmethod
    def open(cls, path: Path) -> "DatasetFolder":
        """Read a set and check that it is whole.

        Raises:
            UsageError: It is no data set, pictures are missing or too many, or counts differ.
        """
        _recover(path)
        manifest, placed = Manifest.read(path), read_tables(path)
        if any(one.stored.camera > len(manifest.cameras) for one in placed):
            raise UsageError(f"{path}: {TRACKLETS} names a camera that {MANIFEST} lacks; build the set again")
        if count(placed, len(manifest.cameras)) != manifest.counts:
            raise UsageError(f"{path}: {MANIFEST} and {TRACKLETS} count differently; build the set again")
        expected = {one.path(crop) for one in placed for crop in one.stored.crops}
        present = {f"{part}/{file.name}" for part in Part for file in (path / part).glob("*")}
        for differing, what in ((expected - present, "is missing"), (present - expected, "is not listed")):
            if differing:
                raise UsageError(
                    f"{path / min(differing)}: {what} in {CROPS}"
                    if what == "is not listed"
                    else f"{path / min(differing)}: {what}, of {len(expected)} pictures {len(differing)}"
                )
        return cls(path, manifest, placed)

    def rearrange(
        self, tracklets: Iterable[StoredTracklet], manifest: Manifest, rule: SplitRule
    ) -> "DatasetFolder":
        """Divide the set anew.

        Args:
            tracklets: The passages of the set, with other riders perhaps.
            manifest: Its counts and its split are replaced.
            rule: Which minutes train.
        """
        here = {one.stored.tracklet: one for one in self.placed}
        placed = place(tuple(tracklets), rule, manifest.links != "none")
        moves = [
            (self.path / here[one.stored.tracklet].path(crop), one.path(crop))
            for one in placed
            for crop in one.stored.crops
        ]
        return arrange(self.path, moves, placed, manifest, rule)


def split_dataset(path: Path, rule: SplitRule) -> DatasetFolder:
    """Divide a set anew by time.

    Links that a person has confirmed hold for the old held-out passages only, so that the set is unlinked
    afterwards; the answers stay, and `pipeline dataset review` goes on from them.

    Args:
        path: The set.
        rule: Which minutes train.

    Raises:
        UsageError: The folder is no data set, or damaged.
    """
    dataset = DatasetFolder.open(path)
    tracklets = [one.stored for one in dataset.placed]
    manifest = dataset.manifest
    if manifest.links == "review":
        tracklets = [replace(one, rider=None) for one in tracklets]
        manifest = manifest.model_copy(update={"links": "none", "proposals_unanswered": 0})
    return dataset.rearrange(tracklets, manifest, rule)


def arrange(
    folder: Path,
    moves: Iterable[tuple[Path, str]],
    placed: tuple[PlacedTracklet, ...],
    manifest: Manifest,
    rule: SplitRule,
) -> DatasetFolder:
    """Put pictures, tables and manifest in place, all or nothing.

    Args:
        folder: The data set.
        moves: Present place and place within the set of every picture.
        placed: The passages in their parts.
        manifest: Its counts and its split are replaced.
        rule: Which minutes train.
    """
    new = folder / _NEW
    shutil.rmtree(new, ignore_errors=True)
    for part in Part:
        (new / part).mkdir(parents=True)
    for source, target in moves:
        _link(source, new / target)
    manifest = manifest.model_copy(
        update={"split": str(rule), "counts": count(placed, len(manifest.cameras))}
    )
    texts = (*tables_of(placed), manifest.to_text())
    for name, text in zip((CROPS, TRACKLETS, MANIFEST), texts, strict=True):
        (new / name).write_text(text, encoding="utf-8")
    (new / _READY).touch()
    _recover(folder)
    return DatasetFolder(folder, manifest, placed)


def _recover(folder: Path) -> None:
    """Finish an arrangement that is ready, drop one that is not; what is in place already stays."""
    new = folder / _NEW
    if (new / _READY).exists():
        for name in _NAMES:
            if not (new / name).exists():
                continue
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
            (new / name).replace(folder / name)
    shutil.rmtree(new, ignore_errors=True)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # A file system without hard links.
        shutil.copyfile(source, target)
