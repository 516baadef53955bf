"""Runners: they take a prepared site through the chain and into its database."""

from pipeline.runner.start import run_site

__all__ = ["run_site"]
