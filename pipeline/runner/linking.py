"""How the sightings of a site are linked: from settings, locations and model card to a matcher."""

from dataclasses import dataclass
from functools import partial

from flows.database import FlowStore, distance_counts, travelled
from flows.matching import (
    DistanceHistory,
    EventTimeMatcher,
    History,
    LinkNetwork,
    Location,
    MatchingSettings,
    Observer,
    links_from_settings,
)
from pipeline.configuration import Configuration
from reid.encoders import Encoder


@dataclass(frozen=True, slots=True)
class Linking:
    """What decides which sightings are one rider's.

    Attributes:
        network: Which camera can follow which.
        settings: With the commit lag, and the model card's calibration, filled in.
        threshold: Distance below which two sightings may be one rider, until the site has its own.
    """

    network: LinkNetwork
    settings: MatchingSettings
    threshold: float

    @property
    def gallery_ttl_s(self) -> float:
        """Event time for which an embedding may be needed behind the watermark."""
        return self.settings.commit_lag_s or self.network.longest_s

    def new_matcher(
        self,
        observe: Observer | None = None,
        history: History | None = None,
        distances: DistanceHistory | None = None,
    ) -> EventTimeMatcher:
        """A matcher that has seen nothing."""
        return EventTimeMatcher(self.network, self.settings, self.threshold, observe, history, distances)

    def restored_matcher(
        self, store: FlowStore, run_id: str, observe: Observer | None = None
    ) -> EventTimeMatcher:
        """The matcher of a run as it was when the run was last saved; what it learnt goes on."""
        state = store.open_sightings(run_id)
        history = partial(travelled, store.database, run_id)
        distances = partial(distance_counts, store.database, run_id)
        if state.watermark is None:
            matcher = self.new_matcher(observe, history, distances)
            matcher.add(state.sightings)
            return matcher
        return EventTimeMatcher.restore(
            self.network,
            self.settings,
            self.threshold,
            sightings=state.sightings,
            matches=state.matches,
            watermark=state.watermark,
            observe=observe,
            history=history,
            distances=distances,
        )


def prepare_linking(configuration: Configuration, encoder: Encoder) -> Linking:
    """Join links, matching settings and the model card.

    Raises:
        UsageError: Links, threshold or commit lag do not fit.
    """
    network = _network(configuration)
    linking = Linking(
        network=network,
        settings=_calibrated(_bounded(configuration.matching, network), encoder),
        threshold=configuration.matching.threshold_for(encoder.model_id, encoder.threshold),
    )
    # What cannot be built is to be known before the database holds a run of it.
    linking.new_matcher()
    return linking


def _network(configuration: Configuration) -> LinkNetwork:
    locations = {
        camera.id: Location(*camera.location) if camera.location else None for camera in configuration.cameras
    }
    return links_from_settings(locations, configuration.links, configuration.matching)


def _bounded(settings: MatchingSettings, network: LinkNetwork) -> MatchingSettings:
    """Decide early enough that embeddings are gone after 20 minutes, unless links allow longer travel.

    A lag of just one window would solve never-ending traffic anew for nearly every sighting.
    """
    if settings.commit_lag_s is not None:
        return settings
    longest_s = network.longest_s
    lag_s = min(2 * longest_s, max(1.25 * longest_s, settings.max_travel_s))
    return settings.model_copy(update={"commit_lag_s": lag_s})


def _calibrated(settings: MatchingSettings, encoder: Encoder) -> MatchingSettings:
    """Take the probability of a match from the model card where the site says nothing of it."""
    if settings.calibration is not None or encoder.calibration is None:
        return settings
    return settings.model_copy(update={"calibration": encoder.calibration})
