"""From a finished passage to an anonymous sighting."""

from hashlib import blake2s

import numpy as np

from flows.values import Sighting
from pipeline.stages.passage import Passage
from pipeline.telemetry import Stage, StageClock
from reid.encoders import average_embeddings
from reid.encoders.averaging import embedding_quality
from reid.encoders.base import Encoder


class SightingMaker:
    """Embeds passages and gives them their ids.

    Args:
        run_id: Random id of the run; part of every sighting id, so that ids of two runs never meet.
        encoder: Crops to embeddings.
        clock: Where the time goes.
        known_as: Id of the camera that goes into ids; empty for the one that passages carry.
    """

    def __init__(self, run_id: str, encoder: Encoder, clock: StageClock, known_as: str = "") -> None:
        self._run_id = run_id
        self._known_as = known_as
        self._encoder = encoder
        self._clock = clock

    def make(self, passage: Passage) -> Sighting:
        """Turn one passage into a sighting; its crops are not needed any more afterwards."""
        tracklet = passage.tracklet
        embedding, quality = None, 0.0
        if tracklet.crops:
            with self._clock.measure(Stage.EMBED):
                single = self._encoder.encode([crop.image for crop in tracklet.crops])
                embedding = average_embeddings(single)
                quality = embedding_quality(single)
        return Sighting(
            sighting_id=self._identify(passage),
            camera=tracklet.camera,
            # Whole microseconds, as the database keeps them: a restart must see the very same times.
            enter_time=round(float(passage.enter), 6),
            exit_time=round(float(passage.leave), 6),
            direction=tracklet.direction,
            frames=len(tracklet.times),
            stationary_s=round(tracklet.stationary_s, 3),
            quality=round(quality * passage.confidence, 4),
            embedding=embedding,
            model_id=self._encoder.model_id,
        )

    def _identify(self, passage: Passage) -> str:
        """Hash camera, source, first frame and first box: where and when, never what it looked like."""
        tracklet = passage.tracklet
        place = np.round(tracklet.boxes[0]).astype(int).tolist()
        camera = self._known_as or tracklet.camera
        text = f"{self._run_id}|{camera}|{tracklet.source}|{tracklet.start_frame}|{place}"
        return blake2s(text.encode(), digest_size=16).hexdigest()
