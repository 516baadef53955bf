"""A site whose defaults are edited in ``config.yaml``, as a user would."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.configuration import Configuration, load_configuration
from tests.command_line import street, write_video
from tracking.errors import FietsflowError

SITE = """\
site: bench
timezone: UTC
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00, location: [53.2194, 6.5665]}
  - {id: B, source: b.mp4, start: 2024-05-14T08:00:00, location: [53.2171, 6.5693]}
  - {id: C, source: c.mp4, start: 2024-05-14T08:00:00, location: [53.2149, 6.5722]}
"""


class Bench:
    """A folder with a site, its footage and whatever models an observer puts there.

    Args:
        folder: An empty folder.
        patch: Undoes at the end of a test what an observer replaces.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        (folder / "site.yaml").write_text(SITE, "utf-8")

    @property
    def config(self) -> Path:
        """The file of defaults that counts for the commands of this test."""
        return self.folder / "config.yaml"

    @property
    def site(self) -> Path:
        """The site file, which says nothing of any default."""
        return self.folder / "site.yaml"

    def edit(self, values: Mapping[str, Any]) -> None:
        """Write a file of defaults that holds these dotted keys."""
        tree: dict[str, Any] = {}
        for key, value in values.items():
            *groups, last = key.split(".")
            inner = tree
            for group in groups:
                inner = inner.setdefault(group, {})
            inner[last] = value
        self.config.write_text(yaml.safe_dump(tree or {"runtime": {}}), "utf-8")
        self.patch.setenv("FIETSFLOW_CONFIG", str(self.config))

    def film(self) -> None:
        """Give every camera forty frames of a street with two riders."""
        for start, name in enumerate(("a.mp4", "b.mp4", "c.mp4")):
            if not (self.folder / name).exists():
                riders = ((start, (40, 40, 230)), (start + 8, (220, 60, 40)))
                write_video(self.folder / name, street(40, riders))

    def load(self) -> Configuration:
        """The configuration of the site, as a run gets it."""
        return load_configuration(self.site)


Observer = Callable[[Bench], object]
"""Looks at what the edited file makes the program do; two answers are compared as text.

What takes long is told in pieces, by an iterator: the first piece that differs decides.
"""


def or_refusal(observe: Observer) -> Observer:
    """What is seen, or the sentence with which the program refuses."""

    def observed(bench: Bench) -> object:
        try:
            return observe(bench)
        except FietsflowError as error:
            return str(error)

    return observed
