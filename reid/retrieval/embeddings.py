"""Embeddings with the truth about them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from reid.encoders import average_embeddings
from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.errors import UsageError

REQUIRED = ("embedding", "identity", "camera")
"""Arrays that an .npz file must hold."""
OPTIONAL = ("tracklet", "query")
"""Arrays that it may hold."""
DISTRACTOR = "0"
"""Identity of images that belong to nobody who is asked for (Market-1501)."""


@dataclass(frozen=True, slots=True)
class EmbeddingSet:
    """Embeddings, and who was seen where.

    Attributes:
        embedding: (N, D) float32, rows of unit norm.
        identity: (N,) name of the rider, text; ``0`` for a distractor, who matches nobody.
        camera: (N,) name of the camera, text.
        tracklet: (N,) number of the tracklet.
        query: (N,) True for those that ask, False for those that are searched; None where each one asks and
            all the rest are searched.
    """

    embedding: FloatArray
    identity: NDArray[np.str_]
    camera: NDArray[np.str_]
    tracklet: IntArray
    query: BoolArray | None = None

    @classmethod
    def of(
        cls,
        embedding: FloatArray,
        identity: NDArray[Any],
        camera: NDArray[Any],
        tracklet: NDArray[Any] | None = None,
        query: NDArray[Any] | None = None,
    ) -> Self:
        """Bring arrays into shape.

        Args:
            embedding: (N, D), of any scale but zero.
            identity: (N,) numbers or text.
            camera: (N,) numbers or text.
            tracklet: (N,) numbers or text; by default all images of one rider at one camera are one
                tracklet (Schoustra 2020).
            query: (N,) marks; by default each one asks and all the rest are searched.

        Raises:
            ValueError: Lengths differ, or an embedding is zero or not finite.
        """
        parts = [part for part in (identity, camera, tracklet, query) if part is not None]
        if embedding.ndim != 2 or any(part.shape != (len(embedding),) for part in parts):
            shapes = ", ".join(str(part.shape) for part in (embedding, *parts))
            raise ValueError(f"embedding must be (N, D) and the others (N,), but the shapes are {shapes}")
        vectors = np.asarray(embedding, np.float64)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(norms) & (norms > 0)).all():
            raise ValueError("every embedding must be finite and not zero")
        who, where = identity.astype(str), camera.astype(str)
        own = np.char.add(np.char.add(who, "\n"), where) if tracklet is None else tracklet
        number = np.unique(own, return_inverse=True)[1].reshape(-1)
        marks = None if query is None else query.astype(bool)
        return cls(np.asarray(vectors / norms, np.float32), who, where, number, marks)

    def __len__(self) -> int:
        return len(self.embedding)

    def __getitem__(self, selection: BoolArray | IntArray) -> Self:
        return type(self)(
            self.embedding[selection],
            self.identity[selection],
            self.camera[selection],
            self.tracklet[selection],
            None if self.query is None else self.query[selection],
        )

    def averaged(self, normalise_first: bool = True) -> Self:
        """One embedding for each tracklet: the mean of its images, scaled to unit norm.

        Args:
            normalise_first: Scale each image's embedding before the mean (they are stored scaled, so this
                only matters for rounding); see `reid.encoders.average_embeddings`.
        """
        names, first = np.unique(self.tracklet, return_index=True)
        order = np.argsort(self.tracklet, kind="stable")
        groups = np.split(order, np.searchsorted(self.tracklet[order], names)[1:])
        means = [average_embeddings(self.embedding[group], normalise_first) for group in groups]
        picked = self[first]
        return type(self)(
            np.stack(means) if means else self.embedding,
            picked.identity,
            picked.camera,
            picked.tracklet,
            picked.query,
        )

    def of_identities(self, names: NDArray[np.str_]) -> Self:
        """Those of the named riders."""
        return self[np.isin(self.identity, names)]


def load_embeddings(path: Path) -> EmbeddingSet:
    """Read an .npz file with the arrays `REQUIRED` and, if there, `OPTIONAL`.

    Raises:
        UsageError: It is no such file, lacks an array, or its arrays do not go together.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in (*REQUIRED, *OPTIONAL) if name in file}
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or 'no .npz file'})") from error
    except (ValueError, BadZipFile, AttributeError, TypeError) as error:
        raise UsageError(f"{path}: is no .npz file of plain arrays; write it with numpy.savez") from error
    missing = [name for name in REQUIRED if name not in arrays]
    if missing:
        raise UsageError(f"{path}: lacks the array '{missing[0]}'; it needs {', '.join(REQUIRED)}")
    try:
        return EmbeddingSet.of(**arrays)
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error


def pick_identities(found: EmbeddingSet, part: str, option: str) -> NDArray[np.str_]:
    """The riders of a slice of all, sorted by number or name.

    Args:
        found: Whose riders.
        part: ``FIRST:END`` as in Python, such as ``0:200`` or ``272:``; numbers below 1 with a point are
            shares, such as ``0.7:1.0``.
        option: Name of the option, for the message.

    Raises:
        UsageError: It is no slice, or nobody is in it.
    """
    names = np.array(sorted(set(found.identity.tolist()) - {DISTRACTOR}, key=_by_number), np.str_)
    first, mark, end = part.partition(":")
    try:
        cut = [_place(text, len(names), default) for text, default in ((first, 0), (end, len(names)))]
    except ValueError as error:
        raise UsageError(f"{option}: '{part}' is no part; write 0:200, 200: or 0.7:1.0") from error
    picked = names[cut[0] : cut[1]] if mark else names[:0]
    if not len(picked):
        raise UsageError(f"{option}: '{part}' holds nobody of {len(names)} riders; write for example 0:0.7")
    return picked


def _by_number(name: str) -> tuple[int, str]:
    return (int(name) if name.isdecimal() else -1, name)


def _place(text: str, count: int, default: int) -> int:
    if not text:
        return default
    return round(float(text) * count) if "." in text else int(text)
