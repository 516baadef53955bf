"""A camera that is watched as it happens: connecting, its clock, what is kept back and what was missed."""

from pipeline.sources.streams.address import StreamAddress
from pipeline.sources.streams.connection import Connection
from pipeline.sources.streams.reader import StreamReader
from pipeline.sources.streams.refusal import StreamError
from pipeline.sources.streams.source import LiveSource
from pipeline.sources.streams.state import CameraState, Timing

__all__ = [
    "CameraState",
    "Connection",
    "LiveSource",
    "StreamAddress",
    "StreamError",
    "StreamReader",
    "Timing",
]
