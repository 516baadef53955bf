"""The file of one command: noted while its runs go on, written when they are done."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from hashlib import blake2b
from pathlib import Path
from typing import Self

from flows.database import Database
from flows.matching import Comparisons, LinkNetwork, Observer, Outpaced
from pipeline.reasons.notebook import Nearest, Notebook, Rank
from pipeline.reasons.reading import texts_of, write_reasons
from pipeline.reasons.rows import Explained
from pipeline.reasons.tracks import Uncounted, row_of_track
from pipeline.reasons.unlinked import Alone
from tracking.errors import UsageError


class ReasonsFile:
    """Takes down what the runs of a command do not count and do not link; see `at`."""

    def __init__(self, notebook: Notebook, zone: tzinfo) -> None:
        self._notebook = notebook
        self._zone = zone

    @classmethod
    @contextmanager
    def at(cls, path: Path, zone: tzinfo) -> Iterator[Self]:
        """Write a file of CSV, which is there when the block is left without an error.

        Args:
            path: The file.
            zone: Time zone of the site.

        Raises:
            UsageError: It cannot be written.
        """
        if path.is_dir():
            raise UsageError(f"--explain: {path} is a folder; name a file")
        with Notebook.beside(path) as notebook:
            yield cls(notebook, zone)
            try:
                write_reasons(path, notebook.lines())
            except OSError as error:
                raise UsageError(f"--explain: {path} cannot be written: {error.strerror or error}") from error

    def keep(self, run_ids: Collection[str]) -> None:
        """Forget what an interrupted command noted, but for some runs."""
        self._notebook.keep(run_ids)

    def begin(self, run_id: str) -> None:
        """Note that a run is worked off now, from its beginning or from where it was interrupted."""
        self._notebook.begin(run_id)

    def of(self, run_id: str, camera: str, frame_size: tuple[int, int]) -> Callable[[Uncounted], None]:
        """What takes down the tracks of one camera.

        Args:
            run_id: Of the database.
            camera: Camera id.
            frame_size: Width and height of its frames, pixels.
        """

        def write(track: Uncounted) -> None:
            self.write(run_id, row_of_track(camera, frame_size, track, self._zone))

        return write

    def observer(self) -> Observer:
        """What takes down how near sightings were to each other."""
        return _Noting(self._notebook)

    def tell_unlinked(self, database: Database, network: LinkNetwork) -> None:
        """Take down every sighting of the noted runs that is linked to no other.

        Args:
            database: Holds the runs, finished.
            network: Which camera can follow which.
        """
        for run_id in self._notebook.runs():
            alone = Alone(database, run_id, network)
            for one in alone.sightings:
                row = alone.explain(one, self._notebook.nearest(one.sighting_id), self._zone)
                self._notebook.add(run_id, one.sighting_id, one.enter_time, texts_of(row))

    def write(self, run_id: str, row: Explained) -> None:
        """Take down a track; one that is there already changes nothing."""
        texts = texts_of(row)
        # A run that goes on makes the very same texts again.
        key = blake2b("|".join(texts.values()).encode(), digest_size=16).hexdigest()
        self._notebook.add(run_id, key, row.start.timestamp(), texts)


class _Noting:
    """Takes down what sightings were compared with, and what became of it."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def compared(self, pairs: Comparisons) -> None:
        self._notebook.note_nearest(_both_ways(pairs))

    def outpaced(self, lost: Outpaced) -> None:
        one = Nearest(Rank.UNUSUAL_TIME, lost.cost, lost.partner, lost.rival_cost, lost.later, lost.camera)
        self._notebook.note_nearest([(lost.sighting, one)])


def _both_ways(pairs: Comparisons) -> Iterator[tuple[str, Nearest]]:
    """What each pair says of either of the two; only the best of each sighting."""
    best: dict[str, Nearest] = {}
    columns = (pairs.departures, pairs.arrivals, pairs.distances.tolist(), pairs.limits.tolist())
    for departure, arrival, distance, limit in zip(*columns, strict=True):
        rank, bar = (Rank.TOO_UNLIKE, limit) if distance >= limit else (Rank.CANDIDATE, 0.0)
        for own, partner, later, camera in (
            (departure, arrival, True, pairs.to_camera),
            (arrival, departure, False, pairs.from_camera),
        ):
            one = Nearest(rank, distance, partner, bar, later, camera)
            best[own] = min(best.get(own, one), one)
    yield from best.items()
