"""Which sighting shows which true passage, told by boxes: where somebody was, not only when."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.accuracy.correspondence import Correspondence, candidates_in_time
from flows.accuracy.pairing import choose_pairs
from flows.accuracy.passages import Passages
from flows.accuracy.truth import PASSAGES
from tracking.boxes import iou_matrix
from tracking.errors import UsageError
from tracking.mot import CYCLIST_CLASS, OVERLAP, IdentifiedBoxes, read_prediction, read_truth

SHOWN = 0.5
"""Least share of a track's boxes that lie on a rider whom it is said to show."""
_DIGITS = 6

Key = tuple[str, float, float]
"""Camera, enter and exit time to the microsecond: what a passage is known by in every file."""


@dataclass(frozen=True, slots=True)
class BoxEvidence:
    """What the track files of a run and of the truth say about each other.

    Attributes:
        track_of: Sighting → number of its track; the passages of several that came and went in the same
            moments cannot be told apart and are left out.
        rider_of: True passage → identity of its rider.
        shares: (camera, track, rider) → share of the track's boxes that lie on the rider.
    """

    track_of: dict[Key, int]
    rider_of: dict[Key, int]
    shares: dict[tuple[str, int, int], float]

    def share(self, sighting: Key, passage: Key) -> float | None:
        """Share of a sighting's boxes on the rider of a passage; None where the files do not tell."""
        track, rider = self.track_of.get(sighting), self.rider_of.get(passage)
        if track is None or rider is None:
            return None
        return self.shares.get((sighting[0], track, rider), 0.0)

    def told(self, estimate: Passages) -> int:
        """Number of sightings whose boxes are known; the others are paired by time."""
        return sum(_key(estimate, row) in self.track_of for row in range(len(estimate)))


def read_evidence(truth: Path, tracks: Path) -> BoxEvidence | None:
    """Read the boxes of the truth and of a run.

    Args:
        truth: Folder of the truth.
        tracks: Folder that `pipeline run --tracks` wrote.

    Returns:
        What they say; None where the files do not tell which box belongs to which passage.

    Raises:
        UsageError: A file cannot be read.
    """
    riders = _numbered(truth / PASSAGES, "rider")
    found: dict[Key, int] = {}
    shares: dict[tuple[str, int, int], float] = {}
    for path in sorted(tracks.glob("passages_*.csv")):
        camera = path.stem.removeprefix("passages_")
        names = (truth / f"boxes_{camera}.txt", tracks / f"boxes_{camera}.txt")
        if all(name.is_file() for name in names):
            found |= _numbered(path, "passage", camera)
            shares |= _shares(camera, read_truth(names[0], (CYCLIST_CLASS,)), read_prediction(names[1]))
    return BoxEvidence(found, riders, shares) if found and riders else None


def match_by_boxes(
    truth: Passages, estimate: Passages, evidence: BoxEvidence, tolerance_s: float
) -> Correspondence:
    """Match sightings to true passages by their boxes, one to one; by time alone where there are none.

    Nobody gets the benefit of the doubt: a sighting shows the rider on whom most of its boxes lie.

    Args:
        truth: What really happened.
        estimate: What the program says; counts in the same cameras.
        evidence: What the boxes say.
        tolerance_s: Largest gap between the two in time, seconds.
    """
    found = candidates_in_time(truth, estimate, tolerance_s)
    worth = found.worth.copy()
    for row, (sighting, passage) in enumerate(zip(found.sighting, found.passage, strict=True)):
        share = evidence.share(_key(estimate, int(sighting)), _key(truth, int(passage)))
        if share is not None:
            # Of two passages of one rider the one at the right time.
            worth[row] = 0.0 if share < SHOWN else share + 1e-3 * worth[row]
    partner = np.full(len(estimate), -1, np.int64)
    taken = choose_pairs(found.sighting, found.passage, worth)
    partner[found.sighting[taken]] = found.passage[taken]
    return Correspondence(truth, estimate, partner)


def _key(passages: Passages, row: int) -> Key:
    camera = passages.cameras[int(passages.camera[row])]
    return camera, round(float(passages.enter[row]), _DIGITS), round(float(passages.exit[row]), _DIGITS)


def _numbered(path: Path, column: str, camera: str | None = None) -> dict[Key, int]:
    """Numbers of passages that are known by their times; none where the file has no such column."""
    found: dict[Key, set[int]] = defaultdict(set)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if column not in row:
                    return {}
                enter, leave = (
                    round(float(row[name]), _DIGITS) for name in ("enter_epoch_s", "exit_epoch_s")
                )
                found[camera or row["camera"], enter, leave].add(int(row[column]))
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be read as a table of passages ({error}); write it again"
        ) from error
    return {key: numbers.pop() for key, numbers in found.items() if len(numbers) == 1}


def _shares(camera: str, true: IdentifiedBoxes, found: IdentifiedBoxes) -> dict[tuple[str, int, int], float]:
    lengths = Counter(found.identity.tolist())
    common: Counter[tuple[int, int]] = Counter()
    order = np.argsort(true.frame, kind="stable")
    frames = true.frame[order]
    for frame in np.unique(found.frame):
        low, high = np.searchsorted(frames, (frame, frame + 1))
        theirs, ours = order[low:high], np.flatnonzero(found.frame == frame)
        if not len(theirs):
            continue
        overlap = iou_matrix(found.xyxy[ours], true.xyxy[theirs])
        best = overlap.argmax(axis=1)
        for row in np.flatnonzero(overlap.max(axis=1) >= OVERLAP).tolist():
            common[int(found.identity[ours[row]]), int(true.identity[theirs[best[row]]])] += 1
    return {(camera, track, rider): count / lengths[track] for (track, rider), count in common.items()}
