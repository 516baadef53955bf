"""What went wrong, example by example."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from flows.accuracy import Correspondence, wrong_links
from pipeline.reports.html.page import heading, paragraph, table
from tracking.arrays import IntArray

Row = tuple[str, ...]
MOST = 40
"""Examples of a kind on a page."""


def failures(found: Correspondence) -> list[str]:
    """Passages that were missed, sightings of nobody, and links between different riders."""
    missed = np.flatnonzero(found.partner_of_truth() < 0)
    invented = np.flatnonzero(found.partner < 0)
    wrong = wrong_links(found)
    truth, estimate = found.truth, found.estimate
    rows = [
        (
            truth.cameras[truth.camera[one]],
            clock(truth.enter[one]),
            clock(truth.exit[one]),
            truth.direction[one],
        )
        for one in _sample(missed)
    ]
    claimed = [
        (
            estimate.cameras[estimate.camera[one]],
            clock(estimate.enter[one]),
            clock(estimate.exit[one]),
            estimate.direction[one],
        )
        for one in _sample(invented)
    ]
    header = ("camera", "enters", "leaves", "direction")
    return [
        heading("Where it went wrong"),
        paragraph("Times are UTC. No picture is shown, because none is kept."),
        *_part(f"{len(missed)} passages that were not seen", header, rows),
        *_part(f"{len(invented)} sightings that show nobody, or somebody a second time", header, claimed),
        *_part(f"{len(wrong)} wrong links", ("from", "to", "why"), _links(found, wrong)),
    ]


def clock(seconds: float) -> str:
    """A moment as people write it, UTC."""
    return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-5]


def _part(title: str, header: Row, rows: Sequence[Row]) -> list[str]:
    return [paragraph(f"{title}."), table(header, rows)] if rows else [paragraph(f"{title}.")]


def _sample(positions: IntArray) -> list[int]:
    """Evenly spread examples, so that they tell of the whole time."""
    if len(positions) <= MOST:
        return [int(one) for one in positions]
    return [int(positions[place]) for place in np.linspace(0, len(positions) - 1, MOST).astype(int)]


def _links(found: Correspondence, wrong: IntArray) -> list[tuple[str, ...]]:
    rows = []
    for place in _sample(np.arange(len(wrong))):
        ends = [int(one) for one in wrong[place]]
        rows.append((*(_sighting(found, one) for one in ends), _reason(found, *ends)))
    return rows


def _sighting(found: Correspondence, one: int) -> str:
    return f"{found.estimate.cameras[found.estimate.camera[one]]} {clock(found.estimate.enter[one])}"


def _reason(found: Correspondence, first: int, second: int) -> str:
    start, end = int(found.partner[first]), int(found.partner[second])
    if start < 0 or end < 0:
        return "one end shows nobody"
    if found.truth.journey[start] != found.truth.journey[end]:
        return "two riders"
    between = found.truth.camera[start + 1 : end]
    if not len(between):
        return "one rider, backwards"
    return f"one rider, but {', '.join(found.truth.cameras[one] for one in between)} lies between"
