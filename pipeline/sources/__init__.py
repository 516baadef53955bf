"""Footage of one camera as a single stream of frames with true times.

Files, globs, folders and folders of pictures; decoding with PyAV; starts from the site file, the
file names or the containers; an account of what was observed and of what could not be read.
"""

from pipeline.sources.base import AttentiveSource, FrameSource
from pipeline.sources.camera import CameraSource
from pipeline.sources.clock import TimePattern
from pipeline.sources.conflicts import refuse_conflicts
from pipeline.sources.fingerprint import fingerprint
from pipeline.sources.footage import Footage
from pipeline.sources.plan import PlannedSource, StartOrigin, plan_footage
from pipeline.sources.position import Rest, SourcePosition
from pipeline.sources.probe import Probe, probe
from pipeline.sources.report import (
    Interval,
    ReasonedInterval,
    SourceReport,
    Unseen,
    clip_intervals,
    join_intervals,
)

__all__ = [
    "AttentiveSource",
    "CameraSource",
    "Footage",
    "FrameSource",
    "Interval",
    "PlannedSource",
    "Probe",
    "ReasonedInterval",
    "Rest",
    "SourcePosition",
    "SourceReport",
    "StartOrigin",
    "TimePattern",
    "Unseen",
    "clip_intervals",
    "fingerprint",
    "join_intervals",
    "plan_footage",
    "probe",
    "refuse_conflicts",
]
