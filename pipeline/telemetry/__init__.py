"""What a run tells about itself: how it is now, time per stage, progress, and the summary at its end."""

from pipeline.telemetry.board import Board
from pipeline.telemetry.clock import Stage, StageClock
from pipeline.telemetry.progress import Progress, open_progress
from pipeline.telemetry.states import CameraReading, ChainState, Model, RecordedCamera, RunReadings
from pipeline.telemetry.summary import CameraSummary, RunSummary, print_summary

__all__ = [
    "Board",
    "CameraReading",
    "CameraSummary",
    "ChainState",
    "Model",
    "Progress",
    "RecordedCamera",
    "RunReadings",
    "RunSummary",
    "Stage",
    "StageClock",
    "open_progress",
    "print_summary",
]
