"""Shows a run at work to other programs: metrics, health, readiness and the alarms that hold."""

from pipeline.monitor.serving import served

__all__ = ["served"]
