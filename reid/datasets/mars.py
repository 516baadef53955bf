"""Reads the layout of MARS (Zheng et al. 2016): passages of many pictures each."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from reid.datasets.naming import MarsName
from reid.datasets.values import CropFile, QueryGallerySet, ReidDataset
from tracking.arrays import IntArray
from tracking.errors import UsageError

JUNK = -1


def read_mars(root: Path) -> QueryGallerySet:
    """Read a copy of MARS.

    The tables in ``info`` say which pictures make a passage, and which passages of ``bbox_test`` are
    asked for; the other ones are searched. Passages are numbered from 1, each part for itself. A few
    people who are asked for have no other passage; they stay in, as published.

    Raises:
        UsageError: A table is missing or damaged, names a picture of another kind, or reaches beyond
            the list of names.
    """
    train = _Part(root, "train")
    test = _Part(root, "test")
    asked = set((_table(root / "info" / "query_IDX.mat", "query_IDX").ravel() - 1).tolist())
    everywhere = range(len(test.tracks))
    if unknown := sorted(asked - set(everywhere)):
        raise UsageError(
            f"{root / 'info' / 'query_IDX.mat'}: asks for passage {unknown[0] + 1}, but tracks_test_info.mat "
            f"has {len(test.tracks)}; both must come from one copy of MARS"
        )
    return QueryGallerySet(
        train.read(range(len(train.tracks)), "bbox_train"),
        test.read(sorted(asked), "query"),
        test.read((number for number in everywhere if number not in asked), "bbox_test"),
    )


class _Part:
    """Names and passages of ``bbox_train`` or ``bbox_test``."""

    def __init__(self, root: Path, part: str) -> None:
        self._root, self._folder = root, root / f"bbox_{part}"
        names = root / "info" / f"{part}_name.txt"
        if not names.is_file():
            raise UsageError(f"{names}: is missing; MARS consists of bbox_train, bbox_test and info")
        self._names = names.read_text().split()
        self._path = root / "info" / f"tracks_{part}_info.mat"
        self.tracks = _table(self._path, f"track_{part}_info").reshape(-1, 4)

    def read(self, numbers: Iterable[int], title: str) -> ReidDataset:
        crops = tuple(crop for number in numbers for crop in self._passage(number))
        return ReidDataset(f"{self._root}/{title}", tuple(sorted(crops, key=lambda crop: crop.path)))

    def _passage(self, number: int) -> Iterator[CropFile]:
        first, last, identity, camera = self.tracks[number].tolist()
        if identity == JUNK:
            return
        if not 1 <= first <= last <= len(self._names):
            raise UsageError(
                f"{self._path}: row {number + 1} names pictures {first} to {last}, but the list of names has "
                f"{len(self._names)}; both must come from one copy of MARS"
            )
        for text in self._names[first - 1 : last]:
            name = MarsName.parse(text)
            if name is None or (name.identity, name.camera) != (identity, camera):
                raise UsageError(
                    f"{self._path}: row {number + 1} is identity {identity} at camera {camera}, but the list "
                    f"of names has {text} there; both must come from one copy of MARS"
                )
            yield CropFile(self._folder / text[:4] / text, identity, camera, number + 1)


def _table(path: Path, key: str) -> IntArray:
    """Read whole numbers from a MATLAB file."""
    try:
        return np.asarray(loadmat(path)[key], np.int64)
    except FileNotFoundError:
        raise UsageError(
            f"{path}: is missing; MARS consists of bbox_train, bbox_test and info with its tables"
        ) from None
    except (KeyError, ValueError, TypeError, OSError, NotImplementedError, MatReadError) as error:
        raise UsageError(f"{path}: is no MATLAB file with a table {key} ({error}); copy it again") from error
