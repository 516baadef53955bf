"""Following a site: its folders are watched, and files are counted as they come, in a run that stays open."""

from pipeline.runner.following.follow import follow_site
from pipeline.runner.following.signals import asked_by_hangup, stop_on_signals

__all__ = ["asked_by_hangup", "follow_site", "stop_on_signals"]
