"""Site files for tests."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.configuration import load_configuration
from tracking.errors import UsageError

MINIMAL = """\
site: test
timezone: Europe/Amsterdam
cameras:
  - id: A
    source: a.mp4
    start: 2020-02-20T13:11:00
  - {id: B, source: footage/b_*.mp4, time_pattern: "%Y-%m-%d_%H-%M-%S"}
links:
  - {from: A, to: B, distance_m: 310}
"""


def write_site(folder: Path, text: str = MINIMAL, name: str = "site.yaml") -> Path:
    """Write a site file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def complaint(folder: Path, text: str, overrides: Mapping[str, object] | None = None) -> str:
    """What loading a wrong site file says, without the folder."""
    with pytest.raises(UsageError) as raised:
        load_configuration(write_site(folder, text), overrides)
    return str(raised.value).replace(f"{folder}/", "")
