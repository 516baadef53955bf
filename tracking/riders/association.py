"""Rider box + bicycle box of one frame → one candidate."""

from dataclasses import dataclass, replace

import numpy as np

from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.boxes import covered_shares, iou_matrix, nested_shares
from tracking.riders.candidates import Candidates, concatenate
from tracking.riders.duplicates import distinct, without_parts
from tracking.riders.settings import AssociationSettings
from tracking.values import Detections, ObjectClass

_MOTOR_VEHICLES = (ObjectClass.CAR, ObjectClass.BUS, ObjectClass.TRUCK)
_ALIKE = 0.6
"""Heights of a rider's body and of rider with bicycle differ by less than this factor."""
_SAME_BOX = 0.5
"""IoU from which a cyclist's and a pedestrian's box are of one person, whatever their heights."""


@dataclass(frozen=True, slots=True)
class _Wheels:
    """Two-wheelers of one frame, bicycle and motorcycle boxes of one object merged.

    Attributes:
        xyxy: (N, 4) px, the box of the better score.
        bicycle: (N,) best score as a bicycle.
        motorcycle: (N,) best score as a motorcycle.
    """

    xyxy: FloatArray
    bicycle: FloatArray
    motorcycle: FloatArray

    def __len__(self) -> int:
        return len(self.bicycle)

    def __getitem__(self, selection: BoolArray | IntArray) -> "_Wheels":
        return _Wheels(self.xyxy[selection], self.bicycle[selection], self.motorcycle[selection])


def associate(detections: Detections, settings: AssociationSettings) -> Candidates:
    """Join each rider with the bicycle below it, one to one.

    Args:
        detections: Every class of one frame, unfiltered, at a low score threshold.
        settings: What belongs together.

    Returns:
        Pairs, lone persons, lone two-wheelers, then objects that the detector already
        reports as one (cyclist, something moving). No box is part of two rows; what is reported
        as a cyclist and as a pedestrian is one row.
    """
    persons = detections.of(ObjectClass.PERSON, ObjectClass.PEDESTRIAN)
    persons = persons[persons.score >= settings.min_person_score]
    persons = persons[distinct(persons, settings.duplicate_overlap)]
    whole = without_parts(detections.of(ObjectClass.CYCLIST), settings)
    cyclists, persons = _with_doubts(whole, persons, settings)
    wheels = _two_wheelers(detections, settings)
    parts = [
        *_pairs_and_loners(persons, wheels, settings),
        cyclists,
        _whole(detections.of(ObjectClass.MOVING)),
    ]
    return _with_enclosure(concatenate(parts), detections.of(*_MOTOR_VEHICLES))


def _pairs_and_loners(
    persons: Detections, wheels: _Wheels, settings: AssociationSettings
) -> tuple[Candidates, ...]:
    """Persons on their two-wheelers, then persons and two-wheelers without a partner."""
    if not len(wheels):
        return (_parts(persons, None),)
    rows, columns = _pair(persons, wheels, settings)
    lone_persons = ~_misnamed(persons, wheels[columns], settings.misnamed_overlap)
    lone_persons[rows] = False
    lone_wheels = np.ones(len(wheels), bool)
    lone_wheels[columns] = False
    return (
        _parts(persons[rows], wheels[columns]),
        _parts(persons[lone_persons], None),
        _parts(None, wheels[lone_wheels]),
    )


def _with_doubts(
    cyclists: Detections, persons: Detections, settings: AssociationSettings
) -> tuple[Candidates, Detections]:
    """Give each whole cyclist the pedestrian that the same detector saw in it.

    Args:
        cyclists: Whole cyclists.
        persons: Persons and pedestrians.
        settings: What is one object.

    Returns:
        One row for each cyclist, with the box of the better score, and the persons left over.
    """
    rows = _whole(cyclists)
    walkers = np.flatnonzero(persons.class_id == ObjectClass.PEDESTRIAN)
    if not len(cyclists) or not len(walkers):
        return rows, persons
    overlap = _one_person(persons.xyxy[walkers], cyclists.xyxy, settings.duplicate_overlap)
    owner, taken = overlap.argmax(axis=1), overlap.max(axis=1) > 0
    walkers, owner = walkers[taken], owner[taken]
    xyxy, score, on_foot = rows.xyxy.copy(), rows.score.copy(), rows.on_foot.copy()
    np.maximum.at(on_foot, owner, persons.score[walkers])
    better = persons.score[walkers] > score[owner]
    # Assigned in rising order: the best of several walkers gives the box.
    rising = np.flatnonzero(better)[np.argsort(persons.score[walkers[better]], kind="stable")]
    xyxy[owner[rising]] = persons.xyxy[walkers[rising]]
    score = np.maximum(score, on_foot)
    left_over = np.ones(len(persons), bool)
    left_over[walkers] = False
    return replace(rows, xyxy=xyxy, score=score, person=score, on_foot=on_foot), persons[left_over]


def _one_person(walkers: FloatArray, cyclists: FloatArray, duplicate_overlap: float) -> FloatArray:
    """IoU of (M, 4) and (N, 4) boxes that may show one person, 0 for two: (M, N).

    A rider's body lies inside the box of the whole; somebody far behind does so too, but is smaller.
    """
    height, other = walkers[:, 3] - walkers[:, 1], cyclists[:, 3] - cyclists[:, 1]
    alike = np.minimum(height[:, None], other[None]) >= _ALIKE * np.maximum(height[:, None], other[None])
    nested = nested_shares(walkers, cyclists) >= duplicate_overlap
    overlap = iou_matrix(walkers, cyclists)
    return np.where((alike & nested) | (overlap >= _SAME_BOX), overlap, 0.0)


def _two_wheelers(detections: Detections, settings: AssociationSettings) -> _Wheels:
    """Merge bicycle and motorcycle boxes of one object: a small detector takes one for the other."""
    found = detections.of(ObjectClass.BICYCLE, ObjectClass.MOTORCYCLE)
    found = found[found.score >= settings.min_bicycle_score]
    if not len(found):
        none = np.zeros(0, np.float32)
        return _Wheels(np.zeros((0, 4), np.float32), none, none)
    keep = np.flatnonzero(distinct(found, settings.duplicate_overlap))
    owner = np.argmax(nested_shares(found.xyxy, found.xyxy[keep]), axis=1)
    scores = np.zeros((2, len(keep)), np.float32)
    kind = (found.class_id == ObjectClass.MOTORCYCLE).astype(int)
    np.maximum.at(scores, (kind, owner), found.score)
    return _Wheels(found.xyxy[keep], scores[0], scores[1])


def _pair(persons: Detections, wheels: _Wheels, settings: AssociationSettings) -> tuple[IntArray, IntArray]:
    """Assign persons to two-wheelers one to one, the best total fit first."""
    from scipy.optimize import linear_sum_assignment  # Takes a moment; settings must not wait for it

    # The root keeps a doubtful second box of the rider from winning by geometry alone.
    fit = ride_fit(persons.xyxy, wheels.xyxy, settings) * np.sqrt(persons.score)[:, None]
    rows, columns = linear_sum_assignment(-fit)
    possible = fit[rows, columns] > 0
    return rows[possible], columns[possible]


def _misnamed(persons: Detections, ridden: _Wheels, misnamed_overlap: float) -> BoolArray:
    """Mark the "persons" whose box is that of a bicycle which has its rider already."""
    overlap = iou_matrix(persons.xyxy, ridden.xyxy).max(axis=1, initial=0.0)
    return np.asarray(overlap >= misnamed_overlap)


def ride_fit(persons: FloatArray, wheels: FloatArray, settings: AssociationSettings) -> FloatArray:
    """How well each person sits on each two-wheeler, from the geometry of the boxes alone.

    The person must stand above the wheels (head above the handlebar, feet no higher than
    the frame and no lower than the road), be centred over them and be of a size that fits.
    All lengths are relative to the boxes, so the answer does not depend on resolution.

    Args:
        persons: (M, 4) px.
        wheels: (N, 4) px.
        settings: Limits of the geometry.

    Returns:
        (M, N), 0 where it is impossible, otherwise above 0 and at most about 3.
    """
    p, w = persons[:, None, :].astype(np.float64), wheels[None, :, :].astype(np.float64)
    wheel_height = np.maximum(w[..., 3] - w[..., 1], 1e-6)
    person_height = p[..., 3] - p[..., 1]
    widest = np.maximum(np.maximum(p[..., 2] - p[..., 0], w[..., 2] - w[..., 0]), 1e-6)
    offset = np.abs(p[..., 0] + p[..., 2] - w[..., 0] - w[..., 2]) / 2 / widest
    head = (w[..., 1] - p[..., 1]) / wheel_height
    feet = (w[..., 3] - p[..., 3]) / wheel_height
    ratio = person_height / wheel_height
    possible = (
        (offset <= settings.max_offset)
        & (head >= -settings.slack)
        & (feet <= settings.max_feet)
        & (feet >= -settings.slack)
        & (ratio >= settings.min_height_ratio)
        & (ratio <= settings.max_height_ratio)
    )
    centred = 1 - offset / settings.max_offset
    above = np.clip(head, 0.0, 1.0)
    return np.where(possible, 1e-3 + centred + above + nested_shares(persons, wheels), 0.0)


def _parts(persons: Detections | None, wheels: _Wheels | None) -> Candidates:
    """Rows of persons, of two-wheelers, or of both row by row."""
    count = len(persons if persons is not None else wheels or ())
    unseen, silent = np.full((count, 4), np.nan, np.float32), np.zeros(count, np.float32)
    person_box, person = (persons.xyxy, persons.score) if persons is not None else (unseen, silent)
    wheels_box = wheels.xyxy if wheels is not None else unseen
    bicycle, motorcycle = (wheels.bicycle, wheels.motorcycle) if wheels is not None else (silent, silent)
    top_left = np.fmin(person_box[:, :2], wheels_box[:, :2])
    bottom_right = np.fmax(person_box[:, 2:], wheels_box[:, 2:])
    kind = np.where(bicycle >= motorcycle, ObjectClass.BICYCLE, ObjectClass.MOTORCYCLE)
    on_foot = silent
    if persons is not None:
        kind = np.full(count, ObjectClass.PERSON if wheels is None else ObjectClass.CYCLIST)
        on_foot = np.where(persons.class_id == ObjectClass.PEDESTRIAN, persons.score, silent)
    return Candidates(
        xyxy=np.concatenate([top_left, bottom_right], axis=1),
        score=np.maximum(person, np.maximum(bicycle, motorcycle)),
        class_id=kind.astype(np.int64),
        person_box=person_box,
        wheels_box=wheels_box,
        person=person,
        bicycle=bicycle,
        motorcycle=motorcycle,
        enclosed=silent,
        on_foot=on_foot,
    )


def _whole(detections: Detections) -> Candidates:
    """Rows of a detector that knows one object: cyclists, or things that move."""
    unseen = np.full((len(detections), 4), np.nan, np.float32)
    silent = np.zeros(len(detections), np.float32)
    cyclist = np.where(detections.class_id == ObjectClass.CYCLIST, detections.score, silent)
    return Candidates(
        detections.xyxy,
        detections.score,
        detections.class_id,
        unseen,
        unseen,
        cyclist,
        cyclist,
        silent,
        silent,
        silent,
    )


def _with_enclosure(candidates: Candidates, motors: Detections) -> Candidates:
    """Fill in how much of each row lies inside a car, bus or lorry."""
    if not len(motors):
        return candidates
    shares = covered_shares(candidates.xyxy, motors.xyxy).max(axis=1, initial=0.0)
    return replace(candidates, enclosed=shares.astype(np.float32))
