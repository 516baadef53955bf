"""What a run tells about itself: how it is now, time per stage, progress, and the summary at its end."""

from pipeline.telemetry.board import Board
from pipeline.telemetry.clock import StageClock
from pipeline.telemetry.progress import Progress, open_progress
from pipeline.telemetry.stages import Stage
from pipeline.telemetry.states import CameraReading, ChainState, Model, RecordedCamera, RunReadings
from pipeline.telemetry.summary import CameraSummary, RunSummary, print_summary
from pipeline.telemetry.traces import CameraSaved, SavingTrace, SendingTrace, Traces

__all__ = [
    "Board",
    "CameraReading",
    "CameraSaved",
    "CameraSummary",
    "ChainState",
    "Model",
    "Progress",
    "RecordedCamera",
    "RunReadings",
    "RunSummary",
    "SavingTrace",
    "SendingTrace",
    "Stage",
    "StageClock",
    "Traces",
    "open_progress",
    "print_summary",
]
