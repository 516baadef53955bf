"""From looks to judged passages, and from passages to those who really passed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tracking.arrays import FloatArray, IntArray
from tracking.boxes import iou_matrix
from tracking.region import RegionOfInterest
from tracking.riders import JudgedPassage, PassageJudge, RiderSettings, associate
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from workshop.judge.seen import Seen, Truth

NOTHING, AGAIN, MIXED, CYCLIST = "nothing", "again", "mixed", "cyclist"
"""What a passage shows: nobody, a rider whom another passage shows better, several by turns, a rider."""
UNCLEAR = (AGAIN, MIXED)
"""Nothing is learnt from these: whether two tracks are one rider is not the judge's question."""
_SAME = 0.3
"""Overlap (IoU) from which a box shows somebody."""
_SEEN = 0.15
"""Least visible share of somebody whom a box can show."""
_MOST, _SOME = 0.5, 0.3
"""Share of a passage's boxes from which it shows somebody, and from which it may."""
_AT_ONCE_S = 0.25
"""How far a box may be, in time, from the moment at which a rider was seen."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """A rider of a clip, seen by eye at some moments.

    Attributes:
        times: (P,) seconds from the first look.
        places: (P, 2) px, somewhere near the middle of the rider.
    """

    times: FloatArray
    places: FloatArray


def judge_seen(
    seen: Seen, judge: PassageJudge, riders: RiderSettings, tracker: TrackerSettings
) -> list[JudgedPassage]:
    """What the chain makes of looks, counted or not, where the region is the whole frame.

    Args:
        seen: The looks.
        judge: New.
        riders: Settings of association.
        tracker: Settings of the tracker.
    """
    region = RegionOfInterest(seen.frame_size, None)
    follow = build_tracker(seen.name, tracker, seen.frame_size, region)
    found: list[JudgedPassage] = []
    for look in seen.looks:
        candidates = associate(look.found, riders.association)
        update = follow.update(
            FrameStamp(look.source, look.index, look.time, look.before), candidates.detections
        )
        for parting in update.parted:
            judge.part(parting.earlier, parting.later, parting.since)
        judge.observe(update.assigned, candidates, look.time)
        found += judge.conclude(update.ended, update.dropped, look.time)
    end = follow.finish()
    return found + list(judge.finish(end.ended, end.dropped))


def who_passed(seen: Seen, passages: Sequence[JudgedPassage]) -> list[str]:
    """Say of each passage what it shows; a rider is shown once, by the passage with most boxes.

    Raises:
        ValueError: Nobody knows who really was in view.
    """
    truth = seen.truth
    if truth is None:
        raise ValueError(f"{seen.name}: who passed is not known")
    if not truth.kinds:
        return [NOTHING] * len(passages)
    at = {round(look.time, 4): number for number, look in enumerate(seen.looks)}
    in_frame = _rows_of_frames(truth)
    shown = np.stack([_shown(one, truth, at, in_frame) for one in passages]) if passages else np.zeros((0, 1))
    length = np.array([len(one.tracklet.times) for one in passages])
    rides = np.array([kind == CYCLIST for kind in truth.kinds])
    enough = shown[:, rides] >= _SOME * length[:, None]
    riders = _one_each(np.where(enough, shown[:, rides], 0).astype(np.float64))
    found = []
    for number in range(len(passages)):
        best = int(shown[number].argmax())
        if number in riders:
            found.append(CYCLIST)
        elif shown[number, best] >= _MOST * length[number]:
            found.append(AGAIN if rides[best] else truth.kinds[best])
        else:
            ridden = shown[number, rides].max(initial=0) >= _SOME * length[number]
            found.append(MIXED if ridden else NOTHING)
    return found


def who_was_sighted(
    seen: Seen, passages: Sequence[JudgedPassage], riders: Mapping[str, Sighted]
) -> list[str]:
    """Say of each passage of a clip whether it shows one of its riders; all others show none."""
    began = seen.looks[0].time
    shown = np.array([[_hits(one, began, rider) for rider in riders.values()] for one in passages])
    shown = shown.reshape(len(passages), len(riders))
    # Of passages that show a rider equally often the longest.
    longest = np.array([len(one.tracklet.times) for one in passages])
    chosen = _one_each(shown + np.where(shown > 0, longest[:, None] / 1e4, 0.0))
    return [
        CYCLIST if number in chosen else AGAIN if len(riders) and shown[number].max() > 0 else NOTHING
        for number in range(len(passages))
    ]


def _one_each(worth: FloatArray) -> set[int]:
    """Rows that get a column of their own, so that all of them together are worth most."""
    if not worth.size:
        return set()
    rows, columns = linear_sum_assignment(-worth)
    return {int(row) for row, column in zip(rows, columns, strict=True) if worth[row, column] > 0}


def _rows_of_frames(truth: Truth) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(truth.visible >= _SEEN).tolist():
        found[int(truth.frames[row])].append(row)
    return found


def _shown(
    passage: JudgedPassage, truth: Truth, at: Mapping[float, int], in_frame: Mapping[int, list[int]]
) -> IntArray:
    """(A,) boxes of a passage that show each actor."""
    votes = np.zeros(len(truth.kinds), int)
    track = passage.tracklet
    for time, box in zip(track.times.tolist(), track.boxes, strict=True):
        rows = in_frame.get(at[round(time, 4)], [])
        if rows:
            overlap = iou_matrix(box[None].astype(np.float64), truth.boxes[rows].astype(np.float64))[0]
            votes[truth.actors[np.asarray(rows)[overlap >= _SAME]]] += 1
    return votes


def _hits(passage: JudgedPassage, began: float, rider: Sighted) -> int:
    """At how many of the moments a passage lies where a rider was."""
    hits = 0
    times, boxes = passage.tracklet.times - began, passage.tracklet.boxes
    for moment, place in zip(rider.times, rider.places, strict=True):
        nearest = int(np.abs(times - moment).argmin())
        box = boxes[nearest]
        inside = (box[:2] <= place).all() and (place <= box[2:]).all()
        hits += bool(inside and abs(times[nearest] - moment) <= _AT_ONCE_S)
    return hits
