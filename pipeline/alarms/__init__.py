"""Which alarms hold: decided from what a database holds and from what a run at work shows.

Every kind has a section in docs/operations.md: what it means, what to look at, what to do.
"""

from pipeline.alarms.running import RunningAlarms
from pipeline.alarms.stored import is_silent, stored_alarms
from pipeline.alarms.values import Alarm, AlarmKind

__all__ = ["Alarm", "AlarmKind", "RunningAlarms", "is_silent", "stored_alarms"]
