"""A server that is away for a while, because it is restarted or the network broke, ends no run.

What a store does is one transaction that may be given again: a server that is back is told the same once
more, after the lock of the site was taken anew.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any, Protocol, TypeVar

from flows.database.failures import ServerAwayError

PATIENCE_S = 300.0
"""How long a server may be away: a restart takes seconds, an upgrade minutes."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 5.0
_log = logging.getLogger(__name__)

REPEATABLE = (
    *("extend_run", "keep_waiting", "ledger", "save_progress", "progress"),
    *("save_matching", "open_sightings", "finish_run"),
)
"""What a run does between its begin and its end; given twice, none of them changes more than given once."""

Answer = TypeVar("Answer")
Store = TypeVar("Store")


@dataclass(frozen=True, slots=True)
class Comeback:
    """What others do about a server that is away.

    Attributes:
        waiting: Called before every new try, so that whoever watches sees that it is being waited.
        regain: Called before the first transaction with a server that is back; raises where what the program
            held there (a lock) is another's now.
    """

    waiting: list[Callable[[], None]] = field(default_factory=list)
    regain: list[Callable[[], None]] = field(default_factory=list)


class _Reached(Protocol):
    """A database with a way back."""

    @property
    def name(self) -> str: ...
    @property
    def comeback(self) -> Comeback: ...


def patient(store: type[Store]) -> type[Store]:
    """Let what a run asks of a store wait for a server that is away, and be done again when it is back."""
    for name in REPEATABLE:
        setattr(store, name, _patient(getattr(store, name)))
    return store


def _patient(method: Callable[..., Answer]) -> Callable[..., Answer]:
    @wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Answer:
        return until_it_answers(self.database, partial(method, self, *args, **kwargs))

    return call


def until_it_answers(database: _Reached, act: Callable[[], Answer]) -> Answer:
    """Do something that may be done again.

    Args:
        database: The server; a file is never away.
        act: One transaction that changes nothing more when it is given twice.

    Raises:
        ServerAwayError: It did not come back in time.
        DatabaseError: Anything else, at once.
    """
    try:
        return act()
    except ServerAwayError as error:
        _log.warning("%s; waiting for it", error)
    deadline, pause_s = time.monotonic() + PATIENCE_S, _FIRST_PAUSE_S
    while True:
        time.sleep(pause_s)
        for tell in database.comeback.waiting:
            tell()
        try:
            for regain in database.comeback.regain:
                regain()
            answer = act()
        except ServerAwayError:
            if time.monotonic() > deadline:
                raise
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        else:
            _log.warning("database %s is back", database.name)
            return answer
