"""The French national scheme of mobility counts as far as a program can check it, and a check by it.

Names, types and constraints are those of ``schema-comptage-mobilites`` on schema.data.gouv.fr, versions 0.2.3
to 0.2.5; where they differ, the strictest holds.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime

_MOBILITY = (
    r"(?:(?:^|,)(BIKE|TWO WHEELS MOTORIZED|PEDESTRIAN|E\-SCOOTER|HORSE\-RIDER|CAR|BUS|MINIBUS|TRUCK|VAN"
    r"|TRAMWAY|CANOE|UNDEFINED))+$"
)
_COUNTER = (
    "(?:(?:^|,)(INDUCTIVE LOOP|ELECTROMAGNETIC SENSOR|PASSIVE INFRARED|ACTIVE INFRARED"
    "|PIEZOELECTRIC SENSOR|RADAR SENSOR|VIDEO SENSOR|PNEUMATIC TUBE SENSOR|SLAB SENSOR|LIGHT BEAM SENSOR"
    "|MANUAL|ACOUSTIC|LIDAR|OPTICAL FIBER SENSOR|MAGNETOMETER|OTHER))+$"
)

Field = tuple[str, str, bool, str]
"""Name, type, whether it is required, and a pattern that a value has to match."""

SCHEME: dict[str, tuple[Field, ...]] = {
    "sites.csv": (
        ("site_id", "string", True, ""),
        ("parent_site_id", "string", False, ""),
        ("site_name", "string", True, ""),
        ("fr_insee_code", "string", False, r"^([013-9]\d|2[AB1-9])\d{3}$"),
        ("xlong", "number", True, r"^-?\d{1,3}\.\d{4,}$"),
        ("ylat", "number", True, r"^-?\d{1,2}\.\d{4,}$"),
        ("external_ids", "string", False, ""),
        ("infrastructure_type", "string", False, ""),
    ),
    "channels.csv": (
        ("channel_id", "string", True, ""),
        ("channel_provider_id", "string", False, ""),
        ("site_provider_id", "string", False, ""),
        ("site_id", "string", True, ""),
        ("mobility_type", "string", False, _MOBILITY),
        ("comment", "string", False, ""),
        ("counter_transmission_type", "string", False, "^(REMOTE TRANSMISSION|MANUAL)$"),
        ("publication_transmission_type", "string", False, "^(API|MANUAL)$"),
        ("counter_type", "string", False, _COUNTER),
        ("direction", "string", False, "^(N|NW|NE|W|SW|S|SE|E)$"),
        ("provider_direction_code", "string", False, ""),
        ("provider_direction_name", "string", False, ""),
        ("data_provider_name", "string", False, ""),
        ("temporality", "string", True, "^(TEMPORARY|PERMANENT)$"),
        ("started_at", "datetime", True, ""),
        ("ended_at", "datetime", False, ""),
        ("last_updated_at", "datetime", False, ""),
        ("time_step", "number", False, ""),
        ("provider_portal_url", "string", False, ""),
    ),
    "measures.csv": (
        ("channel_id", "string", True, ""),
        ("counter_id", "string", True, ""),
        ("start_datetime", "datetime", True, ""),
        ("end_datetime", "datetime", False, ""),
        ("count", "number", False, ""),
    ),
}
"""The fields of each file, in order."""

KEYS = {
    "sites.csv": ("site_id",),
    "channels.csv": ("channel_id",),
    "measures.csv": ("channel_id", "start_datetime"),
}
"""What no two lines of a file have in common."""


def read(text: str) -> list[dict[str, str]]:
    """The lines of a file."""
    return list(csv.DictReader(io.StringIO(text)))


def complaints(name: str, text: str) -> Iterator[str]:
    """Everything in a file that the scheme does not allow."""
    lines = read(text)
    heads = next(csv.reader(io.StringIO(text)))
    if heads != [field[0] for field in SCHEME[name]]:
        yield f"{name}: has the columns {heads}"
        return
    for number, line in enumerate(lines, start=2):
        for field in SCHEME[name]:
            reason = _complaint(line[field[0]], field)
            if reason:
                yield f"{name}, line {number}: {field[0]} {reason}"
    keys = [tuple(line[key] for key in KEYS[name]) for line in lines]
    if len(set(keys)) < len(keys):
        yield f"{name}: two lines have the same {' and '.join(KEYS[name])}"


def _complaint(value: str, field: Field) -> str:
    _, kind, required, pattern = field
    if not value:
        return "is required" if required else ""
    if kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return f"is {value}, no number"
    if kind == "datetime" and not _is_moment(value):
        return f"is {value}, no time like 1977-04-22T06:00:00Z"
    return f"is {value}, against {pattern}" if pattern and not re.search(pattern, value) else ""


def _is_moment(value: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None and bool(
            datetime.fromisoformat(value)
        )
    except ValueError:
        return False
