"""One review: what to ask next, what was answered, and the linked set at the end."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from pipeline.datasets.folder import DatasetFolder
from pipeline.datasets.review.answers import Answer, AnswerBook, Verdict
from pipeline.datasets.review.groups import RiderGroups
from pipeline.datasets.review.proposals import Proposal, propose
from pipeline.registry import resolve_weights
from reid.datasets.parts import Part
from reid.datasets.tables import PlacedTracklet
from reid.encoders import Encoder, EncoderSettings, average_embeddings, build_encoder, needs_weights
from tracking.arrays import FloatArray, Image
from tracking.errors import UsageError

ANSWERS = "review.json"
CROPS_EMBEDDED = 8
HELD_OUT = (Part.VALIDATION, Part.TEST)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a review is.

    Attributes:
        proposal: The question to ask next; None when there is none left.
        open: Questions left, this one included.
        same: Pairs confirmed.
        different: Pairs rejected.
        written: Whether the linked set on disk agrees with the answers.
    """

    proposal: Proposal | None
    open: int
    same: int
    different: int
    written: bool


class ReviewSession:
    """A review in progress; safe to share between threads.

    Args:
        dataset: Whose held-out part is linked.
        proposals: Pairs to ask about, in this order.
        book: Earlier answers.
    """

    def __init__(self, dataset: DatasetFolder, proposals: Sequence[Proposal], book: AnswerBook) -> None:
        self._use(dataset)
        self._proposals = tuple(proposals)
        self._book = book
        self._lock = threading.RLock()
        self._written = dataset.manifest.links == "review" and not self._changed_since_writing()

    @property
    def dataset(self) -> DatasetFolder:
        """The set as it is on disk."""
        return self._dataset

    def standing(self) -> Standing:
        """How far the review is."""
        with self._lock:
            asked = self._open()
            verdicts = [answer.verdict for answer in self._answers()]
            return Standing(
                proposal=asked[0] if asked else None,
                open=len(asked),
                same=verdicts.count(Verdict.SAME),
                different=verdicts.count(Verdict.DIFFERENT),
                written=self._written,
            )

    def answer(self, key: str, verdict: Verdict) -> bool:
        """Answer the question of a key; False if it is not the question that stands."""
        with self._lock:
            standing = self.standing().proposal
            if standing is None or standing.key != key:
                return False
            self._book.add(Answer(first=standing.first, second=standing.second, verdict=verdict))
            self._written = False
            return True

    def undo(self) -> bool:
        """Take the last answer back; False where there is none about the passages held out now."""
        with self._lock:
            given = self._book.answers
            if not given or given[-1] not in self._answers():
                return False
            self._book.undo()
            self._written = False
            return True

    def write(self) -> DatasetFolder:
        """Write the linked validation and test parts; questions left open count as different riders."""
        with self._lock:
            groups = self._groups()
            tracklets = [
                replace(one.stored, rider=groups.rider(one.stored.tracklet))
                if one.stored.tracklet in self._passages
                else one.stored
                for one in self._dataset.placed
            ]
            update = {"links": "review", "proposals_unanswered": len(self._open())}
            manifest = self._dataset.manifest.model_copy(update=update)
            self._use(self._dataset.rearrange(tracklets, manifest, manifest.rule))
            self._written = True
            return self._dataset

    def passage(self, number: int) -> PlacedTracklet:
        """The held-out passage of a number, where it lies now."""
        with self._lock:
            return self._passages[number]

    def picture(self, name: str) -> Path | None:
        """A picture of the set; None for every name that is none of them."""
        with self._lock:
            return self._dataset.path / name if name in self._pictures else None

    def _use(self, dataset: DatasetFolder) -> None:
        self._dataset = dataset
        self._passages = {one.stored.tracklet: one for one in _held_out(dataset)}
        self._pictures = {one.path(crop) for one in self._passages.values() for crop in one.stored.crops}

    def _answers(self) -> list[Answer]:
        """Answers about passages that are held out at present."""
        known = self._passages
        return [one for one in self._book.answers if one.first in known and one.second in known]

    def _groups(self) -> RiderGroups:
        cameras = {number: one.stored.camera for number, one in self._passages.items()}
        return RiderGroups(cameras, self._answers())

    def _open(self) -> list[Proposal]:
        groups = self._groups()
        return [proposal for proposal in self._proposals if not groups.settles(proposal)]

    def _changed_since_writing(self) -> bool:
        groups = self._groups()
        return any(one.stored.rider != groups.rider(one.stored.tracklet) for one in _held_out(self._dataset))


def open_session(folder: Path, encoder_name: str | None = None, nearest: int = 3) -> ReviewSession:
    """Open a set, embed its held-out passages and propose links.

    Args:
        folder: What `pipeline dataset build` wrote.
        encoder_name: Encoder that proposes; the site's where None.
        nearest: Most proposals that one passage gives rise to, in each direction.

    Raises:
        UsageError: The set is damaged, linked by a truth already, or has nothing to link.
    """
    dataset = DatasetFolder.open(folder)
    if dataset.manifest.links == "truth":
        raise UsageError(f"{folder}: the truth has linked its riders already; there is nothing to review")
    held_out = _held_out(dataset)
    if not dataset.manifest.windows:
        raise UsageError(f"{folder}: the site has no two cameras that follow each other; nothing to link")
    if not held_out:
        raise UsageError(
            f"{folder}: no passage is held out with the split {dataset.manifest.split}; "
            "divide the set by other minutes with `pipeline dataset split`"
        )
    book = AnswerBook(folder / ANSWERS)
    embeddings = _embed(folder, held_out, _encoder(dataset, encoder_name))
    proposals = propose([one.stored for one in held_out], embeddings, dataset.manifest.windows, nearest)
    return ReviewSession(dataset, proposals, book)


def _held_out(dataset: DatasetFolder) -> list[PlacedTracklet]:
    return [one for one in dataset.placed if one.part in HELD_OUT]


def _encoder(dataset: DatasetFolder, name: str | None) -> Encoder:
    settings = EncoderSettings.model_validate(dataset.manifest.parameters.get("encoder", {}))
    if name is not None:
        settings = EncoderSettings(name=name)
    weights = settings.weights
    if needs_weights(settings) and weights is None:
        weights = resolve_weights(settings.name, "encoder")
    return build_encoder(settings, weights)


def _embed(folder: Path, passages: Sequence[PlacedTracklet], encoder: Encoder) -> FloatArray:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    rows = [
        average_embeddings(encoder.encode([_read(folder / path) for path in spread_paths(one)]))
        for one in track(passages, "comparing riders", console=console, disable=not console.is_terminal)
    ]
    return np.array(rows, np.float32)


def spread_paths(passage: PlacedTracklet, most: int = CROPS_EMBEDDED) -> list[str]:
    """Some pictures of a passage, spread evenly over it."""
    crops = passage.stored.crops
    chosen = np.unique(np.linspace(0, len(crops) - 1, min(most, len(crops))).round().astype(int))
    return [passage.path(crops[index]) for index in chosen.tolist()]


def _read(path: Path) -> Image:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise UsageError(f"{path}: is no picture; build the set again")
    return np.asarray(image, np.uint8)
