"""Laying defaults, site file and command line over each other."""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from pipeline.configuration.document import parse_value
from pipeline.configuration.settings import CAMERA_SECTIONS
from tracking.errors import UsageError

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def overlay(*layers: Any) -> Any:
    """Merge nested dictionaries; a later layer wins, and anything but a dictionary replaces."""
    result: Any = None
    for layer in layers:
        if layer is None:
            continue
        if isinstance(result, dict) and isinstance(layer, Mapping):
            for key, value in layer.items():
                both = isinstance(result.get(key), dict) and isinstance(value, Mapping)
                result[key] = overlay(result[key], value) if both else deepcopy(value)
        else:
            result = deepcopy(dict(layer) if isinstance(layer, Mapping) else layer)
    return result


def compose(base: Mapping[str, Any], site: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the layers over each other, down to every camera.

    A camera gets the sections of the site with its own on top; what the command line says of a
    section counts for every camera, whatever the site file says of the single one.

    Args:
        base: Values of ``config.yaml`` that differ from the built-in defaults.
        site: Content of the site file.
        overrides: Content of the command line; cameras as ``{number: {...}}``.
    """
    by_number: Mapping[int, Any] = overrides.get("cameras", {})
    rest = {key: value for key, value in overrides.items() if key != "cameras"}
    raw: dict[str, Any] = overlay({}, base, site, rest)
    cameras = site.get("cameras")
    if isinstance(cameras, list):
        raw["cameras"] = [
            _camera(camera, by_number.get(number, {}), base, site, rest)
            for number, camera in enumerate(cameras)
        ]
    return raw


def _camera(
    camera: Any,
    own: Mapping[str, Any],
    base: Mapping[str, Any],
    site: Mapping[str, Any],
    rest: Mapping[str, Any],
) -> Any:
    if not isinstance(camera, dict):
        return camera
    merged = overlay({}, camera, own)
    for section in CAMERA_SECTIONS:
        layers = (
            base.get(section),
            site.get(section),
            camera.get(section),
            rest.get(section),
            own.get(section),
        )
        effective = overlay(*layers)
        if effective is not None:
            merged[section] = effective
    return merged


def nest_overrides(assignments: Mapping[str, Any], site: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted keys into nested dictionaries.

    Args:
        assignments: For example ``{"tracker.min_score": 0.5, "cameras.A.max_fps": 5}``; a camera is
            named by its id or, as ``cameras[0]``, by its number.
        site: Content of the site file, for the ids.

    Returns:
        Nested dictionaries; cameras as ``{number: {...}}``.

    Raises:
        UsageError: A key that cannot be read, or a camera that is not there.
    """
    nested: dict[str, Any] = {}
    for key, value in assignments.items():
        steps = _steps(key)
        if steps[0] == "cameras":
            steps = _with_camera_number(key, steps, site)
        elif any(isinstance(step, int) for step in steps):
            raise UsageError(f"command line: {key}: give the list as a whole, for example 'links=[...]'")
        target = nested
        for step in steps[:-1]:
            target = target.setdefault(step, {})
            if not isinstance(target, dict):
                raise UsageError(
                    f"command line: {key}: a part of it is already set to {target!r}; set one of the two"
                )
        target[steps[-1]] = value
    return nested


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """Read the ``key=value`` texts of ``--set``.

    Raises:
        UsageError: No equals sign, no key, or a value that cannot be read.
    """
    parsed: dict[str, Any] = {}
    for text in assignments:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"command line: --set {text}: give key=value, for example tracker.min_score=0.5")
        try:
            parsed[key.strip()] = parse_value(value)
        except ValueError as error:
            raise UsageError(f"command line: --set {key.strip()}: {error}; quote it as in YAML") from None
    return parsed


def _steps(key: str) -> list[Any]:
    steps = [name or int(number) for name, number in _STEP.findall(key)]
    if not steps or not re.fullmatch(r"[^.\[\]]+(?:\.[^.\[\]]+|\[\d+\])*", key):
        raise UsageError(
            f"command line: {key!r} is no key; write it like tracker.min_score or cameras[0].roi"
        )
    return steps


def _with_camera_number(key: str, steps: list[Any], site: Mapping[str, Any]) -> list[Any]:
    cameras = site.get("cameras")
    ids = [str(c.get("id")) for c in cameras if isinstance(c, dict)] if isinstance(cameras, list) else []
    which = steps[1] if len(steps) > 2 else None
    if isinstance(which, str) and which in ids:
        return ["cameras", ids.index(which), *steps[2:]]
    if isinstance(which, int) and which < len(ids):
        return steps
    raise UsageError(
        f"command line: {key}: name a camera and a key, for example cameras.{ids[0] if ids else 'A'}.max_fps"
    )
