"""What was seen of each track, row by row, until it is judged."""

from dataclasses import dataclass

import numpy as np

from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.memory import Remembering, storable
from tracking.riders.candidates import Candidates
from tracking.seconds import seconds_of
from tracking.values import ObjectClass

_COLUMNS = 18
_TIME, _BOX, _PERSON_BOX, _WHEELS_BOX = 0, slice(1, 5), slice(5, 9), slice(9, 13)
_PERSON, _BICYCLE, _MOTORCYCLE, _ENCLOSED, _ON_FOOT = 13, 14, 15, 16, 17
_RIDER_PER_BICYCLE = 1.6
"""Height of a rider's head over the height of the handlebar: 1.7 m to 1.05 m."""


@storable
@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the detector said about one track, or about the tracks of one passage.

    Attributes:
        rows: (N, 18) float64 in time order: time, box, person box, two-wheeler box, then the
            scores of person, bicycle, motorcycle, the share enclosed by a motor vehicle and the
            score as a pedestrian.
        moving: Share of the rows that came from a detector of motion, which knows no kinds.
    """

    rows: FloatArray
    moving: float

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def times(self) -> FloatArray:
        """(N,) seconds since the epoch."""
        return self.rows[:, _TIME]

    @property
    def seconds(self) -> FloatArray:
        """(N,) the time that each row stands for."""
        return seconds_of(self.times)

    @property
    def boxes(self) -> FloatArray:
        """(N, 4) px, the whole of what was seen."""
        return self.rows[:, _BOX]

    @property
    def person_boxes(self) -> FloatArray:
        """(N, 4) px, NaN where no person was seen."""
        return self.rows[:, _PERSON_BOX]

    @property
    def wheels_boxes(self) -> FloatArray:
        """(N, 4) px, NaN where no two-wheeler was seen."""
        return self.rows[:, _WHEELS_BOX]

    @property
    def person(self) -> FloatArray:
        """(N,) scores."""
        return self.rows[:, _PERSON]

    @property
    def bicycle(self) -> FloatArray:
        """(N,) scores."""
        return self.rows[:, _BICYCLE]

    @property
    def motorcycle(self) -> FloatArray:
        """(N,) scores."""
        return self.rows[:, _MOTORCYCLE]

    @property
    def enclosed(self) -> FloatArray:
        """(N,) share of the box inside a car, bus or lorry."""
        return self.rows[:, _ENCLOSED]

    @property
    def on_foot(self) -> FloatArray:
        """(N,) scores as a pedestrian, of a detector that tells them from cyclists."""
        return self.rows[:, _ON_FOOT]

    @property
    def whole(self) -> FloatArray:
        """(N,) scores as a whole cyclist, of a detector that reports rider and bicycle as one."""
        return np.where(np.isnan(self.wheels_boxes[:, 0]), self.bicycle, 0.0)

    @property
    def heights(self) -> FloatArray:
        """(N,) px, height of a person at that place: of the box, or taken from the bicycle alone."""
        height = np.maximum(self.rows[:, 4] - self.rows[:, 2], 1.0)
        alone = (self.person <= 0) & np.isfinite(self.wheels_boxes[:, 0])
        return np.where(alone, height * _RIDER_PER_BICYCLE, height)

    @property
    def aspects(self) -> FloatArray:
        """(N,) box width over box height."""
        sides = np.maximum(self.rows[:, 3:5] - self.rows[:, 1:3], 1.0)
        return np.asarray(sides[:, 0] / sides[:, 1])

    @property
    def heads(self) -> FloatArray:
        """(N, 2) px, middle of the upper edge: it stays when the bicycle's box comes and goes."""
        return np.stack([(self.rows[:, 1] + self.rows[:, 3]) / 2, self.rows[:, 2]], axis=1)

    @property
    def steady(self) -> "Evidence":
        """The rows whose head is a person's, or all of them where a person is rarely seen."""
        seen = self.person > 0
        share = np.average(seen, weights=self.seconds) if len(self) else 0.0
        return Evidence(self.rows[seen], self.moving) if share >= 0.5 else self

    @property
    def shows_bicycle(self) -> BoolArray:
        """(N,) rows that show a two-wheeler at least half as clearly as the clearest rows do."""
        scores = np.maximum(self.bicycle, self.motorcycle)
        shown = scores[scores > 0]
        return np.asarray(scores >= (np.quantile(shown, 0.9) / 2 if len(shown) else np.inf))

    @classmethod
    def joined(cls, parts: "list[Evidence]") -> "Evidence":
        """The evidence of several tracks of one passage, in time order."""
        rows = np.concatenate([part.rows for part in parts])
        seconds = [part.seconds.sum() for part in parts]
        moving = float(np.average([part.moving for part in parts], weights=seconds))
        return cls(rows[np.argsort(rows[:, _TIME], kind="stable")], moving)


class EvidenceLog(Remembering):
    """Collects evidence per local track id, in bounded memory.

    A track that stands in view for an hour is thinned: when it has `max_rows` rows every
    second one is forgotten, so that the rows stay spread over its whole life.
    """

    REMEMBERED = ("_rows", "_moving", "_seen")

    def __init__(self, max_rows: int) -> None:
        self._max_rows = max_rows
        self._rows: dict[int, list[FloatArray]] = {}
        self._moving: dict[int, int] = {}
        self._seen: dict[int, int] = {}

    @property
    def ids(self) -> tuple[int, ...]:
        """Tracks with evidence, in order of beginning."""
        return tuple(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def observe(self, local_ids: IntArray, candidates: Candidates, time: float) -> None:
        """Add one frame.

        Args:
            local_ids: (N,) track of each candidate, -1 for none.
            candidates: N rows of the frame.
            time: Seconds since the epoch.
        """
        table = _table(candidates, time)
        moving = candidates.class_id == ObjectClass.MOVING
        for index in np.flatnonzero(local_ids >= 0):
            self._append(int(local_ids[index]), table[index], bool(moving[index]))

    def of(self, local_id: int) -> Evidence:
        """Evidence of one track, empty when nothing was observed."""
        rows = self._rows.get(local_id)
        if not rows:
            return Evidence(np.zeros((0, _COLUMNS)), 0.0)
        return Evidence(np.stack(rows), self._moving[local_id] / self._seen[local_id])

    def part(self, earlier: int, later: int, since: float) -> None:
        """Hand the rows of one track from a moment on to another track.

        Args:
            earlier: A track that ended before that moment.
            later: The track that began then.
            since: Seconds since the epoch.
        """
        rows = self._rows.get(earlier, [])
        kept = [row for row in rows if row[_TIME] < since]
        if not kept or len(kept) == len(rows):
            return
        self._rows[earlier], self._rows[later] = kept, rows[len(kept) :]
        for counts in (self._seen, self._moving):
            counts[later] = counts[earlier]

    def forget(self, local_id: int) -> None:
        """Drop a track that is decided or was too short."""
        for store in (self._rows, self._moving, self._seen):
            store.pop(local_id, None)

    def _append(self, local_id: int, row: FloatArray, moving: bool) -> None:
        rows = self._rows.setdefault(local_id, [])
        if len(rows) >= self._max_rows:
            del rows[1::2]
        rows.append(row)
        self._seen[local_id] = self._seen.get(local_id, 0) + 1
        self._moving[local_id] = self._moving.get(local_id, 0) + moving


def _table(candidates: Candidates, time: float) -> FloatArray:
    """Rows of one frame in the layout of `Evidence.rows`."""
    count = len(candidates)
    columns = [np.full((count, 1), time), candidates.xyxy, candidates.person_box, candidates.wheels_box]
    kinds = (candidates.person, candidates.bicycle, candidates.motorcycle)
    scores = (*kinds, candidates.enclosed, candidates.on_foot)
    return np.concatenate([*columns, *(score[:, None] for score in scores)], axis=1, dtype=np.float64)


def nearest_in_time(times: FloatArray, others: FloatArray) -> IntArray:
    """Index of the nearest of the other times, (M,) in ascending order, at least one: (N,)."""
    after = np.minimum(np.searchsorted(others, times), len(others) - 1)
    before = np.maximum(after - 1, 0)
    closer = np.abs(others[before] - times) <= np.abs(others[after] - times)
    return np.where(closer, before, after)
