"""Passages of many riders as one structure of arrays; the truth and the database speak it alike."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tracking.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Passages:
    """Who passed which camera when, in the order of journeys and of their stops.

    Attributes:
        cameras: Camera ids; `camera` counts in them.
        camera: (N,) number of the camera.
        enter: (N,) first moment in view, seconds since the epoch.
        exit: (N,) last moment in view.
        direction: (N,) heading through the view.
        journey: (N,) number of the journey, from 0 without gaps and never decreasing; equal neighbours are
            consecutive stops.
    """

    cameras: tuple[str, ...]
    camera: IntArray
    enter: FloatArray
    exit: FloatArray
    direction: tuple[str, ...]
    journey: IntArray

    @classmethod
    def of(
        cls, rows: list[tuple[str, float, float, str, str, int]], cameras: tuple[str, ...] | None = None
    ) -> Self:
        """Bring rows in order.

        Args:
            rows: Camera, enter time, exit time, direction, journey and position within it, in any order.
            cameras: Camera ids to count in; by default those of the rows, sorted.
        """
        rows = sorted(rows, key=lambda row: (row[4], row[5]))
        names = tuple(sorted({row[0] for row in rows})) if cameras is None else cameras
        number = {name: place for place, name in enumerate(names)}
        journeys = {name: place for place, name in enumerate(dict.fromkeys(row[4] for row in rows))}
        return cls(
            names,
            np.array([number[row[0]] for row in rows], np.int64),
            np.array([row[1] for row in rows], np.float64),
            np.array([row[2] for row in rows], np.float64),
            tuple(row[3] for row in rows),
            np.array([journeys[row[4]] for row in rows], np.int64),
        )

    def __len__(self) -> int:
        return len(self.camera)

    def keep(self, mask: BoolArray) -> Self:
        """The marked passages; stops of a journey between which others are dropped become neighbours.

        Args:
            mask: (N,).
        """
        kept = np.flatnonzero(mask)
        return type(self)(
            self.cameras,
            self.camera[kept],
            self.enter[kept],
            self.exit[kept],
            tuple(self.direction[place] for place in kept),
            np.unique(self.journey[kept], return_inverse=True)[1],
        )

    def with_cameras(self, cameras: tuple[str, ...]) -> Self:
        """The same passages, counted in another list of cameras that holds all of these."""
        number = np.array([cameras.index(name) for name in self.cameras], np.int64)
        renumbered = number[self.camera] if len(self) else self.camera
        return type(self)(cameras, renumbered, self.enter, self.exit, self.direction, self.journey)

    def links(self) -> IntArray:
        """Consecutive stops of one journey.

        Returns:
            (L, 2) positions of the earlier and the later passage.
        """
        first = np.flatnonzero(self.journey[1:] == self.journey[:-1])
        return np.column_stack([first, first + 1])

    def journey_bounds(self) -> tuple[IntArray, IntArray]:
        """Positions of the first and of the last passage of each journey, two (J,) arrays."""
        changes = np.flatnonzero(np.diff(self.journey))
        if not len(self):
            return changes, changes
        return np.append(0, changes + 1), np.append(changes, len(self) - 1)
