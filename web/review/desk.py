"""A spot check under way, and what the forms change; presses stay in memory until the check is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from time import time

from flows.checks import (
    TOLERANCE_S,
    Comparison,
    HandCount,
    SampledMinute,
    compare,
    draw_sample,
    known_directions,
)
from flows.database import Database
from flows.database.review import Said, SpotCheck, keep_check
from flows.statistics import Query, Site, read_sites
from pipeline.configuration import load_configuration
from pipeline.setup import moving_pictures, reach_of
from tracking.errors import FietsflowError, UsageError

Presses = Sequence[tuple[str, float]]
"""Direction, and seconds behind the beginning of the minute."""

MOST_PRESSES = 600
"""Keys of a minute; nobody presses more."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Which minutes are counted.

    Attributes:
        query: Cameras and period.
        minutes: Of each camera.
        seed: Of the draw.
    """

    query: Query
    minutes: int = 9
    seed: int = 0


class Desk:
    """Where somebody judges the numbers of one site.

    Args:
        reading: Open for reading; what takes long to read holds up no run.
        database: Open for writing.
        site: Name of the site.
        file: The site file; None where no footage is reachable, and nothing can be counted here.
        draw: Which minutes are counted.
        role: Who judges, where a form does not say.
    """

    def __init__(
        self,
        reading: Database,
        database: Database,
        site: str,
        file: Path | None = None,
        draw: Draw | None = None,
        role: str = "operator",
    ) -> None:
        self.reading = reading
        self.database = database
        self.file = file
        self.role = role
        self._site = site
        self._draw = draw or Draw(Query())
        self._guard = Lock()
        self._sample: tuple[SampledMinute, ...] | None = None
        self._handed: dict[int, tuple[HandCount, ...]] = {}

    @property
    def site(self) -> Site:
        """The site, as the database knows it now."""
        (found,) = read_sites(self.reading, Query(site=self._site))
        return found

    def sample(self) -> tuple[SampledMinute, ...]:
        """The minutes that are counted; drawn at the first question.

        Raises:
            FietsflowError: No footage is reachable, or nothing was watched.
        """
        with self._guard:
            if self._sample is None:
                query = replace(self._draw.query, site=self._site)
                self._sample = draw_sample(
                    self.reading, query, self._draw.minutes, self._draw.seed, self._reachable()
                )
            return self._sample

    def next_minute(self) -> int | None:
        """Number of the next minute to be counted; None behind the last."""
        return next((number for number in range(len(self.sample())) if number not in self._handed), None)

    @property
    def handed_in(self) -> int:
        """Minutes that were counted."""
        return len(self._handed)

    def minute(self, number: int) -> SampledMinute:
        """A minute of the sample.

        Raises:
            UsageError: There is none of this number.
        """
        sample = self.sample()
        if not 0 <= number < len(sample):
            raise UsageError(f"the sample has no minute {number}; it has {len(sample)}")
        return sample[number]

    def directions(self, minute: SampledMinute) -> list[str]:
        """What a key may stand for at a camera; one empty word where nothing was ever counted there."""
        camera = next(one for one in self.site.cameras if one.name == minute.camera)
        with self.reading.transaction() as connection:
            return known_directions(connection, camera) or [""]

    def pictures(self, number: int) -> bytes:
        """The blurred pictures of a minute; see `pipeline.setup.moving`.

        Raises:
            FietsflowError: The footage cannot be read.
        """
        minute = self.minute(number)
        if self.file is None:
            raise UsageError("no footage is reachable from here")
        return moving_pictures(load_configuration(self.file), minute.camera, minute.start, minute.end)

    def hand_in(self, number: int, presses: Presses) -> None:
        """Take what a person counted of a minute; what was handed in before stays.

        Raises:
            UsageError: There is no such minute, or a key stands for nothing.
        """
        minute = self.minute(number)
        directions = self.directions(minute)
        if len(presses) > MOST_PRESSES or any(way not in directions for way, _ in presses):
            raise UsageError("the keys of this minute cannot be read; count it again")
        length = minute.end - minute.start
        counts = tuple(
            HandCount(minute.camera, minute.start, minute.end, way, len(times), times)
            for way in directions
            for times in [tuple(sorted(minute.start + at for each, at in presses if each == way))]
        )
        if any(not 0 <= at < length for _, at in presses):
            raise UsageError("a key was pressed outside of the minute; count it again")
        with self._guard:
            self._handed.setdefault(number, counts)

    def beside(self, number: int) -> Comparison | None:
        """A minute's counts beside the program's; None before they were handed in, so that nobody peeks."""
        counts = self._handed.get(number)
        return None if counts is None else compare(self.reading, self._site, counts)

    def keep(self, role: str, valid_from: float, valid_until: float | None) -> int:
        """Keep what was counted so far as a spot check.

        Returns:
            Its number.

        Raises:
            UsageError: Nothing was counted, or role or validity say nothing.
            DatabaseError: The database cannot be written.
        """
        hand = [one for counts in self._handed.values() for one in counts]
        if not hand:
            raise UsageError("nothing was counted yet")
        found = compare(self.reading, self._site, hand)
        new = SpotCheck(
            self._site,
            Said(time(), role),
            "browser",
            self._draw.seed,
            TOLERANCE_S,
            valid_from,
            valid_until,
            found.cameras,
            found.stretches,
        )
        number = keep_check(self.database, new)
        with self._guard:
            # Another round draws other minutes; the next one of the seed is as good as any.
            self._handed, self._sample = {}, None
            self._draw = replace(self._draw, seed=self._draw.seed + 1)
        return number

    def _reachable(self) -> Mapping[str, Sequence[tuple[float, float]]]:
        if self.file is None:
            raise UsageError("no footage is reachable from here; name the site file")
        configuration = load_configuration(self.file)
        found: dict[str, Sequence[tuple[float, float]]] = {}
        for camera in configuration.cameras:
            try:
                found[camera.id] = [(one.start, one.end) for one in reach_of(configuration, camera.id)]
            except FietsflowError:
                # A camera whose footage is gone, or a stream, gives no minutes.
                found[camera.id] = ()
        return found
