"""Looks at the folders again and again, and says which files are complete.

Whether something changed is told by our own clock: what a file says of its last change may have been set by
the program that sent it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.sources import Footage
from pipeline.sources.files import SourceFiles, find_sources
from pipeline.sources.memo import Signature, signature
from pipeline.sources.outline import Outline, outline_of
from tracking.errors import NoFootageError, UsageError

UNTOLD_FACTOR = 6
"""A file that does not tell its end has to be at rest for so many times as long as others."""
CUT_FACTOR = 60
"""And one that breaks off: its recorder, or who sends it, may still be there."""


@dataclass(slots=True)
class _Seen:
    """What is known of one source of a camera; moments of the own clock."""

    state: Signature
    since: float
    first: bool
    complete_since: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What the folders hold now.

    Attributes:
        complete: Camera id → the sources that may be read, with the state in which they are.
        signs: Cameras of which something has come or changed since the last look.
        troubles: Camera id → why its folders cannot be looked at.
    """

    complete: Mapping[str, Mapping[Path, Signature]]
    signs: frozenset[str] = frozenset()
    troubles: Mapping[str, str] = field(default_factory=dict)


class FolderWatch:
    """Watches the footage of all cameras.

    Args:
        footage: Camera id → where its footage lies.
        settle_s: Seconds without a change after which a file that has its end is complete.
        clock: Never set back; seconds.
    """

    def __init__(
        self, footage: Mapping[str, Footage], settle_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._footage = footage
        self._settle_s = settle_s
        self._clock = clock
        self._seen: dict[str, dict[Path, _Seen]] = {camera: {} for camera in footage}
        self._looked = False

    def look(self) -> Look:
        """Look at every folder once."""
        complete: dict[str, Mapping[Path, Signature]] = {}
        troubles: dict[str, str] = {}
        signs: set[str] = set()
        for camera, footage in self._footage.items():
            try:
                found = find_sources(footage.locations, f"{footage.key}.source")
            except NoFootageError:
                found = ()
            except UsageError as error:
                troubles[camera] = str(error)
                found = ()
            if self._update(camera, found):
                signs.add(camera)
            complete[camera] = self._complete(camera, found, footage)
        self._looked = True
        return Look(complete, frozenset(signs), troubles)

    def _update(self, camera: str, found: tuple[SourceFiles, ...]) -> bool:
        """Take down what is there; whether something came or changed."""
        now, before, seen = self._clock(), self._seen[camera], {}
        changed = False
        for one in found:
            state = _state(one)
            if state is None:
                continue
            known = before.get(one.path)
            if known is None or known.state != state:
                known = _Seen(state, now, not self._looked)
                changed = True
            seen[one.path] = known
        self._seen[camera] = seen
        return changed and self._looked

    def _complete(
        self, camera: str, found: tuple[SourceFiles, ...], footage: Footage
    ) -> Mapping[Path, Signature]:
        """Those that are complete, up to the first under way: what comes in order is counted in order."""
        now, seen = self._clock(), self._seen[camera]
        if all(known.complete_since is not None for known in seen.values()):
            return {path: known.state for path, known in seen.items()}
        ordered = [one for one in _in_order(found, footage) if one.path in seen]
        complete: dict[Path, Signature] = {}
        under_way = False
        for number, one in enumerate(ordered):
            known = seen[one.path]
            rest_s, has_next = now - known.since, number + 1 < len(ordered)
            if known.complete_since is None and self._is_complete(one, rest_s, has_next):
                known.complete_since = now
            if known.complete_since is None:
                under_way = under_way or not known.first
            elif not under_way or now - known.complete_since >= CUT_FACTOR * self._settle_s:
                complete[one.path] = known.state
        return complete

    def _is_complete(self, one: SourceFiles, rest_s: float, has_next: bool) -> bool:
        if rest_s < self._settle_s:
            return False
        ending = Outline.WHOLE if one.images else outline_of(one.path)
        if ending is Outline.CUT:
            return rest_s >= CUT_FACTOR * self._settle_s
        return ending is Outline.WHOLE or has_next or rest_s >= UNTOLD_FACTOR * self._settle_s


def _state(one: SourceFiles) -> Signature | None:
    """By what a source is known to be as it was; None where it is gone."""
    try:
        if not one.images:
            return signature(one.path)
        states = [signature(image) for image in one.images]
    except OSError:
        return None
    return sum(size for size, _, _ in states), max(changed for _, changed, _ in states), len(states)


def _in_order(found: tuple[SourceFiles, ...], footage: Footage) -> list[SourceFiles]:
    """By the time in their names, where it is told; else as they are listed."""
    pattern = footage.time_pattern
    if pattern is None:
        return list(found)

    def key(numbered: tuple[int, SourceFiles]) -> tuple[str, int]:
        path = numbered[1].path
        moment = pattern.read(path.with_suffix("").as_posix() if pattern.looks_at_folders else path.stem)
        return "" if moment is None else moment.isoformat(), numbered[0]

    return [one for _, one in sorted(enumerate(found), key=key)]
