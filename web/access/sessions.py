"""Browsers that logged in: a random cookie stands for a token, in memory only."""

import secrets
import time
from collections import OrderedDict
from threading import Lock

LASTS_S = 12 * 3600.0
"""A session ends after so many seconds."""

MOST = 1000
"""So many sessions at most; the oldest go first."""


class Sessions:
    """Cookie → digest of the token that logged in."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._guard = Lock()

    def begin(self, digest: str) -> str:
        """Begin a session for the holder of a token; return its cookie."""
        cookie = secrets.token_urlsafe(32)
        with self._guard:
            self._known[cookie] = (digest, time.monotonic() + LASTS_S)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return cookie

    def digest(self, cookie: str) -> str | None:
        """The digest of the token behind a cookie; None where there is none, or the session is over."""
        with self._guard:
            digest, ends = self._known.get(cookie, (None, 0.0))
            if digest is not None and time.monotonic() >= ends:
                del self._known[cookie]
                return None
            return digest

    def end(self, cookie: str) -> None:
        """End a session."""
        with self._guard:
            self._known.pop(cookie, None)
