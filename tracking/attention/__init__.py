"""Attention: for each frame, whether the detector looks at it, and at which part of it."""

from tracking.attention.attention import Attention, Glance, small_size
from tracking.attention.cadence import Cadence
from tracking.attention.settings import AttentionSettings
from tracking.attention.view import Movement, View

__all__ = ["Attention", "AttentionSettings", "Cadence", "Glance", "Movement", "View", "small_size"]
