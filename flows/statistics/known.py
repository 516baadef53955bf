"""What was read or worked out of a database, for the next question that needs the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

MOST_KNOWN = 1_500_000
"""So many pieces of about a hundred bytes are kept."""

_LARGE = 0.01
"""What takes a larger part of the room makes way first, the largest before others: one question about a year
would else turn out a hundred that everybody asks."""

Found = TypeVar("Found")


class Known:
    """Remembers what was found in one state of a database; for another state there is another one.

    Who asks while the same is being found waits for it, so that twenty who ask at once cost one.

    Args:
        most: Pieces of about a hundred bytes that are kept; what was asked for longest ago is forgotten,
            but the largest first.
    """

    def __init__(self, most: int = MOST_KNOWN) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self._size = 0
        self._guard = Lock()

    def of(self, key: Hashable, find: Callable[[], Found], size: Callable[[Found], int]) -> Found:
        """Tell what belongs to a key.

        Args:
            key: Holds all that the answer depends on, besides the database.
            find: Finds it where it is not known; what it raises is raised, and not remembered.
            size: How many pieces of about a hundred bytes it has.
        """
        with self._guard:
            known = self._found.get(key)
            if known is not None:
                self._found.move_to_end(key)
            else:
                mine = self._found[key] = Future[Any]()
        if known is not None:
            return cast(Found, known.result())
        try:
            found = find()
        except BaseException as error:
            with self._guard:
                del self._found[key]
            mine.set_exception(error)
            raise
        mine.set_result(found)
        self._keep(key, size(found))
        return found

    def __contains__(self, key: Hashable) -> bool:
        """Whether something is known, or is being found."""
        with self._guard:
            return key in self._found

    def _keep(self, key: Hashable, size: int) -> None:
        with self._guard:
            self._sizes[key] = size
            self._size += size
            # What is being found has no size yet, and stays.
            kept = [one for one in self._found if one in self._sizes]
            large = [one for one in kept if one != key and self._sizes[one] > self._most * _LARGE]
            large.sort(key=lambda one: -self._sizes[one])
            alone = [key] if size > self._most else []
            for oldest in dict.fromkeys([*alone, *large, *kept]):
                if self._size <= self._most:
                    break
                del self._found[oldest]
                self._size -= self._sizes.pop(oldest)
