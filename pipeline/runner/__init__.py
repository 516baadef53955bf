"""Runners: they take a prepared site through the chain and into its database."""

from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import assemble
from pipeline.runner.start import run_prepared, run_site

__all__ = ["Preparation", "assemble", "run_prepared", "run_site"]
