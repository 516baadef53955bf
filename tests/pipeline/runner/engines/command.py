"""``pipeline`` as a command of its own, with the colour detector and one id for every run.

``python -m tests.pipeline.runner.engines.command PAUSE AHEAD run --cameras …``: seconds of each look, and
event time that a worker may be ahead of the slowest.
"""

import sys
from typing import Any

import pytest

from pipeline.commands import main
from pipeline.runner.engines.driver import Driver
from tests.pipeline.runner.engines import fleets

if __name__ == "__main__":
    pause, ahead_s = float(sys.argv[1]), float(sys.argv[2])
    begin = Driver.__init__

    def near(driver: "Driver[Any]", *arguments: Any) -> None:
        begin(driver, *arguments)
        driver._ahead_s = ahead_s

    with pytest.MonkeyPatch.context() as patch:
        fleets.in_plain_colours(patch, pause)
        patch.setattr(Driver, "__init__", near)
        main(sys.argv[3:])
