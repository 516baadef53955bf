"""Asks beforehand what people ask first, so that they need not wait for it."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Self

from flows.statistics import Interval
from tracking.errors import FietsflowError
from web.answers import Answers
from web.pages import PAGES
from web.view import DAYS_SHOWN, Days, View, view_of, whole_days

logger = logging.getLogger(__name__)

PERIODS = (DAYS_SHOWN, 1, 28)
"""Days, the last ones, that pages show by themselves or offer as a link."""
WEEKS_BACK = 54
"""Counts of so many weeks are read: a year, and the days it begins with."""
_WEEKS_AT_ONCE = 4


class ReadingAhead:
    """A thread that opens the pages once, while the server starts; leave the context to stop it.

    What it asks is remembered like all other answers, until the database changes.

    Args:
        answers: The database.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._stop = Event()
        self._thread = Thread(target=self._read, name="reading ahead", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.wait()

    def stop(self) -> None:
        """Ask for nothing more."""
        self._stop.set()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._thread.join()

    def _read(self) -> None:
        try:
            for _ in self._steps():
                if self._stop.is_set():
                    return
        except FietsflowError as error:
            # Who asks for a page is told, and that is soon enough.
            logger.warning("pages are not read ahead: %s", error)

    def _steps(self) -> Iterator[None]:
        """Ask one thing after the other."""
        for site in self._answers.sites():
            observed = self._answers.observed().get(site.name)
            if observed is None:
                continue
            whole = whole_days(site, observed)
            for length in PERIODS:
                first = max(whole.first, whole.end - timedelta(days=length))
                view = self._view(site.name, Days(first, whole.end))
                for page in PAGES.values():
                    page(view)
                    yield
            for back in range(0, WEEKS_BACK, _WEEKS_AT_ONCE):
                end = whole.end - timedelta(weeks=back)
                if end > whole.first:
                    days = Days(end - timedelta(weeks=_WEEKS_AT_ONCE), end)
                    self._answers.counts(view.query(Interval.DAY, days=days))
                    yield

    def _view(self, site: str, days: Days) -> View:
        asked = {"site": site, "from": days.first.isoformat(), "to": days.end.isoformat()}
        return view_of("/network", asked, "en", self._answers)
