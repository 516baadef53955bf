"""Sampling: which few crops of a passage are kept for its embedding."""

from reid.sampling.reservoir import CropReservoir, Cutting, FrameKey

__all__ = ["CropReservoir", "Cutting", "FrameKey"]
