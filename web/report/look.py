"""What a report is made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import cached_property

from flows.statistics import CorrectedCameraCount, Estimate, Interval
from web.exhibits import Exhibit, Page
from web.pages.parts import WHOLE
from web.report.models import UsedModel
from web.report.period import Span
from web.report.validation import Validation
from web.sums import Count, counted
from web.view import Days, View


@dataclass(frozen=True)
class Look:
    """A site in a period, with what is known of its accuracy.

    Attributes:
        view: The site in the period.
        span: The period.
        validation: Time that somebody labelled; None where there is none.
        models: Whose cards the report tells of.
    """

    view: View
    span: Span
    validation: Validation | None = None
    models: tuple[UsedModel, ...] = ()

    def over(self, days: Days, **asked: str) -> View:
        """The same site in another period, with what a page would be asked for."""
        return replace(self.view, days=days, asked=asked)

    def asking(self, **asked: str) -> View:
        """The same period, with what a page would be asked for."""
        return replace(self.view, asked=asked)

    @cached_property
    def totals(self) -> Mapping[str, Count]:
        """Passages of the period by camera."""
        return {one.camera: one for one in self.counts(Interval.TOTAL)}

    @cached_property
    def corrected(self) -> Mapping[str, CorrectedCameraCount]:
        """Passages of the period, corrected by the spot checks in force, by camera; empty without one."""
        site = self.view.site
        if site is None or not self.view.answers.checks(site):
            return {}
        query = self.view.query(Interval.TOTAL)
        return {one.camera: one for one in self.view.answers.corrected_together(query)}

    @cached_property
    def expected(self) -> Mapping[str, Estimate]:
        """Passages to expect by camera, of one source: labelled time where it was given, else spot checks.

        A camera that nobody checked for the whole period, or that nobody watched, is left out.
        """
        if self.validation is not None:
            counts = ((name, one.cyclists) for name, one in self.totals.items())
            estimates = ((name, self.validation.expected(name, n)) for name, n in counts if n is not None)
            return {name: one for name, one in estimates if one is not None}
        return {
            name: Estimate(one.expected, one.low or 0.0, one.high or 0.0)
            for name, one in self.corrected.items()
            if one.expected is not None
        }

    @property
    def unchecked(self) -> Sequence[str]:
        """The cameras that were watched and of which no number can be expected, the busiest first."""
        return [name for name in self.busiest if name not in self.expected]

    @cached_property
    def busiest(self) -> Sequence[str]:
        """The cameras that were watched, the one with the most passages first."""
        watched = [one for one in self.totals.values() if one.cyclists is not None]
        return [one.camera for one in sorted(watched, key=lambda one: (-(one.cyclists or 0), one.camera))]

    @cached_property
    def whole_days(self) -> Mapping[str, Sequence[Count]]:
        """Days that a camera was watched from midnight to midnight, by camera."""
        found: dict[str, list[Count]] = {name: [] for name in self.view.cameras}
        for one in self.counts(Interval.DAY):
            start, end = self.view.local(one.start), self.view.local(one.end)
            if one.coverage >= WHOLE and start.time() == time() == end.time():
                found[one.camera].append(one)
        return found

    def counts(self, interval: Interval) -> list[Count]:
        """Passages of all cameras in the period."""
        return counted(self.view.answers.counts(self.view.query(interval)))

    def is_observed(self, days: Days) -> bool:
        """Whether any footage lies in a period."""
        known = self.view.observed
        if known is None:
            return False
        last = self.view.local(known.end - timedelta(microseconds=1)).date()
        return days.first <= last and days.end > self.view.local(known.start).date()


def exhibits_of(page: Page, *keys: str) -> Iterator[Exhibit]:
    """Some exhibits of a page, in the order of their keys; one that it lacks is left out."""
    known = {one.key: one for one in page.exhibits}
    return (known[key] for key in keys if key in known)
