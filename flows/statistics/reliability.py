"""What a labelled day says about the route counts of other days."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from flows.statistics.correction import ErrorRates, Estimate, LabelledSample, corrected_count
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class Reliability:
    """How right the count of each route is, learned from labelled days.

    Routes of which the sample holds little lean on all routes together; how much, the data decide.

    Attributes:
        samples: Route → what was labelled of it.
        common: What the routes have in common.
    """

    samples: dict[str, LabelledSample]
    common: ErrorRates

    @classmethod
    def of(cls, samples: Mapping[str, LabelledSample]) -> Self:
        """Learn from the routes of a labelled time."""
        return cls(dict(samples), ErrorRates.common(samples.values()))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Learn from what ``pipeline evaluate --json`` wrote of a labelled time.

        Raises:
            UsageError: The file cannot be read or is none of these.
        """
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["routes"]
            return cls.of({r["route"]: LabelledSample(r["correct"], r["claimed"], r["truth"]) for r in rows})
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path}: is no evaluation; write one with `pipeline evaluate --json {path.name}`"
            ) from error

    def correct(self, route: str, matches: int) -> Estimate:
        """Correct a count of another day.

        Args:
            route: Cameras in order, such as ``A>B>C``.
            matches: Journeys that were counted.
        """
        sample = self.samples.get(route, LabelledSample(0, 0, 0))
        return corrected_count(matches, ErrorRates.after(sample, self.common))
