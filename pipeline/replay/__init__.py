"""Replay: recorded boxes and embeddings instead of pixels, through the same chain as footage."""

from pipeline.replay.archive import read_observed
from pipeline.replay.perfect import read_perfect
from pipeline.replay.recording import Recording
from pipeline.replay.replay import replay_site

__all__ = ["Recording", "read_observed", "read_perfect", "replay_site"]
