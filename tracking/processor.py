"""What there is of the processor."""

import os

from tracking.errors import UsageError

CORES_VARIABLE = "FIETSFLOW_CORES"
"""Environment variable: no more cores than this, however many there are."""


def cores() -> int:
    """Processor cores that this process may use.

    Raises:
        UsageError: `CORES_VARIABLE` is set to something that is no number of cores.
    """
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    most = os.environ.get(CORES_VARIABLE, "")
    if not most:
        return there
    if not most.isdecimal() or int(most) < 1:
        raise UsageError(f"{CORES_VARIABLE}={most}: give a number of cores, at least 1")
    return min(int(most), there)
