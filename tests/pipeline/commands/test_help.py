"""The help page is grouped by what people do."""

import re
from itertools import takewhile

from tests.command_line import pipeline

GROUPS = {
    "Count": {"run", "simulate", "replay"},
    "Look": {"stats", "export", "serve", "report", "explain"},
    "Check": {"evaluate", "check", "mark", "publish", "audit", "alarms"},
    "Run a site": {"init", "roi", "validate", "tune", "send", "mqtt", "centre", "db"},
    "Train and measure models": {
        *("adapt", "models", "reid", "dataset", "calibrate", "evaluate-tracks", "evaluate-reid"),
    },
}


def test_commands_stand_under_what_people_do_with_them() -> None:
    lines = pipeline("--help").out.splitlines()
    titles = [match[1] for line in lines if (match := re.match(r"╭─ (.+?) ─+╮", line))]
    assert titles == ["Options", *GROUPS]
    for title, commands in GROUPS.items():
        start = next(number for number, line in enumerate(lines) if f"─ {title} ─" in line)
        box = takewhile(lambda line: not line.startswith("╰"), lines[start + 1 :])
        found = {match[1] for line in box if (match := re.match(r"│ ([\w-]+)", line))}
        assert found == commands, title
