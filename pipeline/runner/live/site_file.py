"""Whether somebody has written a site file."""

from pathlib import Path

State = tuple[int, int, int]


class SiteFile:
    """Compares a file with what it was like before.

    Args:
        path: The file; it may be away for a moment.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = self._seen = self._state()

    def has_changed(self) -> bool:
        """Whether it was written, and is the same at two questions: an editor may still be at work at one."""
        state, before = self._state(), self._seen
        self._seen = state
        if state is None or state == self._known or state != before:
            return False
        self._known = state
        return True

    def forget(self) -> None:
        """Take it as it is now for known."""
        self._known = self._seen = self._state()

    def _state(self) -> State | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
