"""Following a site: its folders are watched, and files are counted as they come, in a run that stays open."""

from pipeline.runner.following.follow import follow_site
from pipeline.runner.following.signals import stop_on_signals

__all__ = ["follow_site", "stop_on_signals"]
