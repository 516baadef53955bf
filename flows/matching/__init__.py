"""Open-world matching: from the sightings of many cameras to journeys, by event time alone.

A sighting may be followed by one at another camera if a link joins the two, the travel time lies in the
link's window, and the embeddings are nearer than the threshold. Among the candidates that compete, each
sighting gets at most one successor and one predecessor; who finds none was seen by one camera only.
"""

from flows.matching.comparisons import Comparisons, Observer, Outpaced
from flows.matching.event_time import EventTimeMatcher
from flows.matching.lessons import History
from flows.matching.links import CameraLink, LinkNetwork, TravelTime, TravelWindow
from flows.matching.looks import LinkQuality, link_quality
from flows.matching.outcome import LateSightingError, MatchingOutcome
from flows.matching.own_threshold import DistanceHistory
from flows.matching.settings import (
    LinkSettings,
    MatchingSettings,
)
from flows.matching.site import Location, great_circle_m, links_from_settings

__all__ = [
    "CameraLink",
    "Comparisons",
    "DistanceHistory",
    "EventTimeMatcher",
    "History",
    "LateSightingError",
    "LinkNetwork",
    "LinkQuality",
    "LinkSettings",
    "Location",
    "MatchingOutcome",
    "MatchingSettings",
    "Observer",
    "Outpaced",
    "TravelTime",
    "TravelWindow",
    "great_circle_m",
    "link_quality",
    "links_from_settings",
]
