"""A site configured in another way of looking, as the command line would do it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from pipeline.configuration import Configuration
from pipeline.configuration.settings import CAMERA_SECTIONS

_Model = TypeVar("_Model", bound=BaseModel)


def configured(configuration: Configuration, values: Mapping[str, Any]) -> Configuration:
    """The same site with other values; those of a camera's section count for every camera.

    Args:
        configuration: Of the site.
        values: Dotted key → value that the key allows.
    """
    for key, value in values.items():
        steps = key.split(".")
        if steps[0] in CAMERA_SECTIONS:
            cameras = tuple(_with(camera, steps, value) for camera in configuration.cameras)
            configuration = configuration.model_copy(update={"cameras": cameras})
        configuration = _with(configuration, steps, value)
    return configuration


def _with(settings: _Model, steps: Sequence[str], value: Any) -> _Model:
    if len(steps) > 1:
        value = _with(getattr(settings, steps[0]), steps[1:], value)
    return settings.model_copy(update={steps[0]: value})
