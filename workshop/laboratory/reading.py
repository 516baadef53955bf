"""Reads the description of a training."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.configuration.document import read_document
from pipeline.configuration.layers import nest_overrides, overlay
from pipeline.configuration.origin import Origin
from pipeline.configuration.paths import anchor
from pipeline.configuration.sentences import explain
from reid.training.description import TrainingDescription
from tracking.errors import UsageError


def read_description(path: Path, overrides: Mapping[str, Any] | None = None) -> TrainingDescription:
    """Read a training description.

    Relative paths in the file are relative to it, those of the overrides to where one stands.

    Args:
        path: The YAML file.
        overrides: What the command line sets, by dotted key: ``{"training.epochs": 5}``.

    Raises:
        UsageError: Something is wrong; one sentence for each problem.
    """
    document = read_document(path, "training description")
    given = nest_overrides(overrides or {}, {})
    origin = Origin(path, document.lines, given)
    content = anchor(document.content, path.absolute().parent, TrainingDescription)
    raw = overlay({}, content, anchor(given, Path.cwd(), TrainingDescription))
    try:
        return TrainingDescription.model_validate(raw)
    except ValidationError as error:
        problems = explain(error.errors(include_url=False), TrainingDescription)
        raise UsageError("\n".join(problem.sentence(origin) for problem in problems)) from None
