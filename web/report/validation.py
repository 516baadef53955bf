"""What labelled time says of the counts: how many cyclists there were, and how many were counted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from flows.statistics import Estimate, LabelledSample, Reliability
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class CheckedCamera:
    """A camera in labelled time.

    Attributes:
        camera: Its name.
        truth: Cyclists who passed.
        counted: Cyclists who were counted.
        matched: Counted cyclists who are right.
        geh: GEH of the hourly volumes.
    """

    camera: str
    truth: int
    counted: int
    matched: int
    geh: float


@dataclass(frozen=True, slots=True)
class Validation:
    """What ``pipeline evaluate --json`` wrote of labelled time.

    Attributes:
        site: Whose time it was.
        period_s: Seconds of it.
        cameras: By name.
        passages: How right the count of each camera is.
        routes: How right the count of each route is.
    """

    site: str
    period_s: float
    cameras: tuple[CheckedCamera, ...]
    passages: Reliability
    routes: Reliability

    @classmethod
    def load(cls, path: Path, site: str) -> Self:
        """Read the file.

        Args:
            path: Of the file.
            site: Whose time it has to be.

        Raises:
            UsageError: The file cannot be read, is none of these, or tells of another site.
        """
        routes = Reliability.load(path)
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            cameras = tuple(
                CheckedCamera(r["camera"], r["truth"], r["counted"], r["matched"], r["geh"])
                for r in told["cameras"]
            )
            found = cls(told["site"], float(told["period_s"]), cameras, _passages(cameras), routes)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path}: is no evaluation; write one with `pipeline evaluate --json {path.name}`"
            ) from error
        if found.site != site:
            raise UsageError(f"{path}: tells of the site '{found.site}', the report is of '{site}'")
        return found

    def expected(self, camera: str, passages: int) -> Estimate | None:
        """The passages to expect where so many were counted; None at a camera that nobody checked."""
        checked: Mapping[str, LabelledSample] = self.passages.samples
        return self.passages.correct(camera, passages) if camera in checked else None


def _passages(cameras: tuple[CheckedCamera, ...]) -> Reliability:
    return Reliability.of(
        {one.camera: LabelledSample(one.matched, one.counted, one.truth) for one in cameras}
    )
