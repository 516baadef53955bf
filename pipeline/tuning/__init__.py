"""Tuning to a street: the cheapest way of looking that counts what looking at every frame counts."""

from pipeline.tuning.screen import print_tuning, to_values
from pipeline.tuning.tune import Tuning, tune_site

__all__ = ["Tuning", "print_tuning", "to_values", "tune_site"]
