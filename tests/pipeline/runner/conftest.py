"""Streets for the tests of runs."""

from tests.pipeline.runner.nights import folder

__all__ = ["folder"]
