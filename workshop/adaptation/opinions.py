"""What the teachers take each object of a frame for."""

from dataclasses import dataclass

import numpy as np

from tracking.arrays import FloatArray, IntArray
from tracking.riders import AssociationSettings, associate
from tracking.values import Detections, ObjectClass
from workshop.detector.learning.samples import Label

_INSIDE = 0.9
"""Share of a person's box within that of a car from which the person sits in it, or stands before it."""
_LIKE_A_BICYCLE = 0.25
"""Score as a bicycle, relative to that as a motorcycle, from which a two-wheeler may be a bicycle."""
_CLEAR = 0.5
"""Score from which what is no bicycle is a motorcycle."""
_A_CAR = 0.3
"""Fainter cars, which teachers see in half of a street, hold nobody."""

_MOTOR_VEHICLES = (ObjectClass.CAR, ObjectClass.BUS, ObjectClass.TRUCK)


@dataclass(frozen=True, slots=True)
class Opinion:
    """The objects of one frame.

    Attributes:
        boxes: (N, 4) float32 xyxy pixels.
        labels: (N,) int64 of `Label`; IGNORED for a bicycle without a rider and whoever may sit in a car.
        scores: (N,) float32, how sure the teachers are.
        wheels: (N,) float32, how sure they are of a two-wheeler below a person, of whatever kind; 0 where
            they saw no person on it, or a clear motorcycle.
    """

    boxes: FloatArray
    labels: IntArray
    scores: FloatArray
    wheels: FloatArray

    def __len__(self) -> int:
        return len(self.scores)


def opinion_of(found: Detections, settings: AssociationSettings | None = None) -> Opinion:
    """Join riders with their bicycles and say what everything seems to be.

    A rider is as sure as person and two-wheeler together (geometric mean). Small or from behind, a bicycle is
    often taken for a motorcycle: what seems a little like a bicycle is one, and only what seems a clear
    motorcycle is neither cyclist nor pedestrian; between the two nobody knows, unless it moves as a bicycle
    does (`labelled`).

    Args:
        found: Boxes of persons and two-wheelers, of cyclists and pedestrians, or of both.
        settings: What belongs together.
    """
    faint = np.isin(found.class_id, _MOTOR_VEHICLES) & (found.score < _A_CAR)
    seen = associate(found[~faint], settings or AssociationSettings())
    person, bicycle, motorcycle = seen.person, seen.bicycle, seen.motorcycle
    wheels = np.maximum(bicycle, motorcycle)
    labels = np.full(len(seen), int(Label.IGNORED), np.int64)
    scores = np.array(seen.score, np.float32)
    ridden = (person > 0) & (wheels > 0)
    scores[ridden] = np.sqrt(person * wheels)[ridden]
    cycling = ridden & (bicycle > _LIKE_A_BICYCLE * motorcycle)
    labels[cycling] = Label.CYCLIST
    labels[ridden & ~cycling & (motorcycle >= _CLEAR)] = Label.OTHER
    whole = np.isnan(seen.wheels_box[:, 0])
    walking = (seen.class_id == ObjectClass.PERSON) | (ridden & whole & (seen.on_foot > bicycle))
    labels[walking] = Label.PEDESTRIAN
    scores[walking] = np.maximum(person, seen.on_foot)[walking]
    labels[(seen.enclosed > _INSIDE) & (labels == Label.PEDESTRIAN)] = Label.IGNORED
    perhaps = ridden & np.isin(labels, (Label.CYCLIST, Label.IGNORED))
    seen_wheels = np.where(perhaps, wheels, 0).astype(np.float32)
    return Opinion(np.asarray(seen.xyxy, np.float32), labels, scores, seen_wheels)
