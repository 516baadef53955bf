"""Spot checks: minutes that a person counts by hand, and what they say of the program's counts."""

from flows.checks.bands import Band, factor_band, geh_band, precision_band, recall_band
from flows.checks.compare import Comparison, compare, known_directions
from flows.checks.hand import HandCount, read_hand_counts, write_hand_counts
from flows.checks.matching import TOLERANCE_S, match_times
from flows.checks.sample import MINUTE_S, SampledMinute, draw_sample

__all__ = [
    "MINUTE_S",
    "TOLERANCE_S",
    "Band",
    "Comparison",
    "HandCount",
    "SampledMinute",
    "compare",
    "draw_sample",
    "factor_band",
    "geh_band",
    "known_directions",
    "match_times",
    "precision_band",
    "read_hand_counts",
    "recall_band",
    "write_hand_counts",
]
