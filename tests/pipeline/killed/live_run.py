"""``pipeline run --live`` with the colour detector, saved often, in a database whose address is given.

``python -m tests.pipeline.killed.live_run SITE URL``
"""

import sys
from functools import partial

from pipeline.cameras import detectors
from pipeline.commands import main
from pipeline.runner.live import session
from pipeline.sources.streams import reader
from tests.pipeline.colour_detector import build

if __name__ == "__main__":
    detectors.build_detector = partial(build, 0.0)
    session.SAVE_EVERY_S = session.QUIET_SAVE_EVERY_S = 0.1
    reader.FIRST_WAIT_S = 0.1
    main(["run", "--live", "--cameras", sys.argv[1], "--database", sys.argv[2]])
