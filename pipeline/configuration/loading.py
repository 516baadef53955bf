"""Built-in defaults, overridden by `config.yaml`, by the site file, by the command line."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.configuration.checks import cross_check, database_problems
from pipeline.configuration.defaults import config_file, edited_values, read_defaults_file
from pipeline.configuration.document import read_document
from pipeline.configuration.layers import compose, nest_overrides, overlay
from pipeline.configuration.origin import Origin
from pipeline.configuration.paths import anchor
from pipeline.configuration.sentences import Problem, explain
from pipeline.configuration.settings import CAMERA_SECTIONS, Defaults
from pipeline.configuration.site import Configuration
from tracking.errors import UsageError


def load_configuration(site_file: Path, overrides: Mapping[str, Any] | None = None) -> Configuration:
    """Load the configuration of a site.

    Args:
        site_file: The site file.
        overrides: What the command line sets, by dotted key, for example
            ``{"detector.name": "yolo11n", "cameras.A.max_fps": 5}``.

    Raises:
        UsageError: Something is wrong; one sentence for each problem, each on its own line.
    """
    document = read_document(site_file)
    base, _ = _read_base()
    given = nest_overrides(overrides or {}, document.content)
    origin = Origin(site_file, document.lines, given)
    site = anchor(document.content, site_file.absolute().parent, Configuration)
    raw = compose(base, site, anchor(given, Path.cwd(), Configuration))
    try:
        configuration = Configuration.model_validate(raw)
    except ValidationError as error:
        raise _failure(explain(error.errors(include_url=False), Configuration), origin) from None
    configuration._origin = origin
    if problems := list(cross_check(configuration)):
        raise _failure(problems, origin)
    return configuration


def load_defaults(overrides: Mapping[str, Any] | None = None) -> Defaults:
    """Load what counts where no site is named: ``config.yaml``, overridden by the command line.

    Args:
        overrides: What the command line sets, by dotted key.

    Raises:
        UsageError: Something is wrong; one sentence for each problem, each on its own line.
    """
    base, origin = _read_base()
    given = nest_overrides(overrides or {}, {})
    origin = replace(origin, overrides=given)
    try:
        loaded = Defaults.model_validate(overlay({}, base, anchor(given, Path.cwd(), Defaults)))
    except ValidationError as error:
        raise _failure(explain(error.errors(include_url=False), Defaults), origin) from None
    if problems := list(database_problems(loaded)):
        raise _failure(problems, origin)
    return loaded


def _read_base() -> tuple[dict[str, Any], Origin]:
    """What was edited in ``config.yaml``, checked, and where it is written."""
    document = read_defaults_file()
    origin = Origin(config_file(), document.lines)
    edits = edited_values(document.content)
    try:
        Defaults.model_validate(edits)
    except ValidationError as error:
        raise _failure(explain(error.errors(include_url=False), Defaults), origin) from None
    return edits, origin


def _failure(problems: list[Problem], origin: Origin) -> UsageError:
    own = [problem for problem in problems if not _is_inherited(problem, problems, origin)]
    return UsageError("\n".join(problem.sentence(origin) for problem in own))


def _is_inherited(problem: Problem, found: list[Problem], origin: Origin) -> bool:
    """Whether a camera only repeats what is wrong in the site's own section."""
    path = problem.path
    if len(path) < 3 or path[0] != "cameras" or path[2] not in CAMERA_SECTIONS or origin.is_given(path):
        return False
    return any(other.path == path[2:] and other.text == problem.text for other in found)
