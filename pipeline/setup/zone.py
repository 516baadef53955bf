"""The time zone of a new site."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from tracking.errors import UsageError

_CLOCK = Path("/etc/localtime")


def chosen_zone(asked: str | None) -> tuple[str, str]:
    """The zone asked for, else that of this machine, else UTC; and a note on where it comes from.

    Raises:
        UsageError: There is no such zone.
    """
    if asked is not None:
        if asked not in available_timezones():
            raise UsageError(f"--timezone: there is no time zone {asked!r}; give one like Europe/Amsterdam")
        return asked, "as given"
    own = os.environ.get("TZ", "").lstrip(":")
    if own not in available_timezones():
        _, _, own = os.path.realpath(_CLOCK).partition("zoneinfo/")
    if own in available_timezones() and ZoneInfo(own).key != "UTC":
        return own, "of the machine that wrote this; whose clock do the cameras show?"
    return "UTC", "CHECK: whose clock do the cameras show? Like Europe/Amsterdam"
