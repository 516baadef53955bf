"""Detectors: frames to boxes."""
