"""What a run tells about itself: time per stage, progress, and the summary at its end."""

from pipeline.telemetry.clock import Stage, StageClock
from pipeline.telemetry.progress import Progress, open_progress
from pipeline.telemetry.summary import CameraSummary, RunSummary, print_summary

__all__ = ["CameraSummary", "Progress", "RunSummary", "Stage", "StageClock", "open_progress", "print_summary"]
