"""Watching a site as it happens: streams are read for ever, and counted within seconds."""

from pipeline.runner.live.heaps import share_heaps
from pipeline.runner.live.rig import is_site_of_streams
from pipeline.runner.live.run import run_live

__all__ = ["is_site_of_streams", "run_live", "share_heaps"]
