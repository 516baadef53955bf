"""The reasons, and what they say."""

from collections.abc import Mapping
from enum import Enum

from tracking.riders import Reason


class Untracked(Enum):
    """Why boxes never became a track that is judged; the value says it in words."""

    BRIEF = "never a track: seen for less than tracker.min_pickup_s"


class Unlinked(Enum):
    """Why a counted rider was seen by one camera only; the value says it in words."""

    NO_LINK = "no link of the site leads to or from this camera"
    NO_EMBEDDING = "no crop of this rider was good enough to compare"
    TAKEN = "the nearest looked alike, and was linked with somebody else"
    UNUSUAL_TIME = (
        "the nearest was linked with somebody who looked less alike, after a more usual travel time"
    )
    TOO_UNLIKE = "nobody within the travel time looked alike"
    FORGOTTEN = "an earlier run counted those within the travel time; their embeddings were gone"
    NO_EMBEDDING_THERE = "nobody within the travel time had a crop that was good enough to compare"
    NOT_WATCHED = "no linked camera watched within the travel time"
    NOBODY_IN_TIME = "nobody passed a linked camera within the travel time"


MEANINGS: Mapping[str, str] = {
    one.name.lower(): one.value
    for one in (*Untracked, *(reason for reason in Reason if reason is not Reason.CYCLIST), *Unlinked)
}
"""Reason, as it stands in the file → what it says."""
