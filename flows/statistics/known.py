"""What was read or worked out of a database, for the next question that needs the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

MOST_KNOWN = 1_500_000
"""So many pieces of about a hundred bytes are kept."""

Found = TypeVar("Found")


class Known:
    """Remembers what was found in one state of a database; for another state there is another one.

    Who asks while the same is being found waits for it, so that twenty who ask at once cost one.

    Args:
        most: Pieces of about a hundred bytes that are kept; what was asked for longest ago is forgotten.
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
            for oldest in list(self._found):
                if self._size <= self._most:
                    break
                # What is being found has no size yet, and stays.
                if oldest in self._sizes:
                    del self._found[oldest]
                    self._size -= self._sizes.pop(oldest)
