"""Engines beside the local one: cameras are watched in processes of their own, and counted in this one."""

from pipeline.runner.engines.fleet import work_off_elsewhere

__all__ = ["work_off_elsewhere"]
