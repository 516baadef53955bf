"""Shows a run at work to other programs: metrics, health, readiness, the alarms that hold, and traces."""

from pipeline.monitor.serving import served
from pipeline.monitor.tracing import traced

__all__ = ["served", "traced"]
