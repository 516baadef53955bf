"""``pipeline run`` over recordings with the colour detector, saved as often as can be; told step by step.

``python -m tests.pipeline.killed.plain_run --child SITE URL ENGINE``
"""

import sys
from functools import partial
from pathlib import Path

from benchmarks.restarts import tell_steps
from pipeline.cameras import detectors
from pipeline.runner import camera_work, local
from pipeline.runner.engines import fleet
from tests.pipeline.colour_detector import build

PAUSE_S = 0.01
"""A look takes so long: a street of eleven seconds is not done before somebody can stop it."""

if __name__ == "__main__":
    detectors.build_detector = partial(build, PAUSE_S)
    local.SAVE_EVERY_S, camera_work.RESTART_EVERY_S, fleet.KEEPING_S = 0.05, 0.1, 0.0
    tell_steps(Path(sys.argv[2]), *sys.argv[3:])
