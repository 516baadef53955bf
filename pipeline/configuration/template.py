"""Writes ``config.yaml`` from the settings models: ``python -m pipeline.configuration.template``."""

from collections.abc import Iterator
from textwrap import indent, wrap
from typing import Any

import yaml
from pydantic import BaseModel

from pipeline.configuration.defaults import program_file
from pipeline.configuration.schema import known_keys
from pipeline.configuration.settings import Defaults

_HEADER = """\
# Every default of the program. A site file (such as groningen.yaml) overrides any of these values,
# and the command line overrides both. Edit a value here to change it for all sites, or name another file,
# which may hold just what differs, with --config FILE or FIETSFLOW_CONFIG.
# `pipeline validate SITE` prints what applies in the end. null: not set, the comment says what then holds.
# Relative paths here are relative to where the program is started. After a change of the settings in
# the program: python -m pipeline.configuration.template
"""
_WIDTH = 100


def render_defaults() -> str:
    """The text of ``config.yaml``: every key with its default below its description."""
    return _HEADER + "\n" + "\n\n".join(_render(Defaults(), "")) + "\n"


def _render(settings: BaseModel, margin: str) -> Iterator[str]:
    values = settings.model_dump(mode="json", by_alias=True)
    for key, field in known_keys(type(settings)).items():
        comment = "\n".join(
            f"{margin}# {line}" for line in wrap(field.description or "", _WIDTH - len(margin))
        )
        inner = getattr(settings, key)
        if isinstance(inner, BaseModel):
            yield f"{comment}\n{margin}{key}:\n" + "\n".join(_render(inner, margin + "  "))
        else:
            yield f"{comment}\n{indent(_line(key, values[key]), margin)}"


def _line(key: str, value: Any) -> str:
    # The flow style keeps a list on one line; the outer braces of the mapping are taken off.
    dumped = yaml.safe_dump({key: value}, default_flow_style=True, width=1000, allow_unicode=True)
    return dumped.strip()[1:-1]


def main() -> None:
    """Write the file."""
    program_file().write_text(render_defaults(), "utf-8")


if __name__ == "__main__":
    main()
