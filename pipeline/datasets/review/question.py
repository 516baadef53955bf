"""The question that stands, in words and pictures: what a page shows of it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.datasets.review.proposals import Proposal
from pipeline.datasets.review.session import ReviewSession, spread_paths

CROPS_SHOWN = 6
"""So many pictures of a passage are shown, spread evenly over it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two passages.

    Attributes:
        camera: Name of the camera.
        time: When the rider came into view, local: ``08:03:25``.
        pictures: Names of blurred pictures, for `ReviewSession.picture`.
    """

    camera: str
    time: str
    pictures: tuple[str, ...]


def sides_of(session: ReviewSession, proposal: Proposal) -> tuple[Side, Side]:
    """The earlier and the later passage of a question."""
    manifest = session.dataset.manifest
    zone = ZoneInfo(manifest.timezone)

    def side(number: int) -> Side:
        passage = session.passage(number)
        moment = datetime.fromtimestamp(passage.stored.enter, zone)
        camera = manifest.camera(passage.stored.camera).id
        return Side(camera, moment.strftime("%H:%M:%S"), tuple(spread_paths(passage, CROPS_SHOWN)))

    return side(proposal.first), side(proposal.second)


def riders_to_test(session: ReviewSession) -> int:
    """Riders in the test part of the set as it is on disk."""
    return len({one.identity for one in session.dataset.placed if one.part == "test"})
