"""Streets for the tests of runs."""

from tests.pipeline.runner.nights import folder, shelf

__all__ = ["folder", "shelf"]
