"""The effective configuration as text."""

from typing import Any

import yaml

from pipeline.configuration.settings import CAMERA_SECTIONS
from pipeline.configuration.site import Configuration
from tracking.addresses import without_credentials


def effective_values(configuration: Configuration) -> dict[str, Any]:
    """Everything that applies, as plain values.

    A camera shows those of its settings that differ from the site's. URLs come without user names,
    passwords and options.
    """
    values = configuration.model_dump(mode="json", by_alias=True)
    cameras = [_only_own(camera, values) for camera in values.pop("cameras")]
    links = values.pop("links")
    if links is not None:
        links = [_without_nulls(link) for link in links]
    head = {key: values.pop(key) for key in ("site", "timezone")}
    values["database"] = without_credentials(values["database"])
    return {**head, "cameras": cameras, "links": links, **values}


class _Dumper(yaml.SafeDumper):
    """Keeps polygons and other lists of plain values on one line."""

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        in_line = not any(isinstance(value, dict) for value in sequence)
        return super().represent_sequence(tag, sequence, flow_style=in_line)


def to_yaml(configuration: Configuration) -> str:
    """The effective configuration as a site file that would load to the same.

    Two things stay as they are: passwords and options of URLs, which are left out, and the default
    database, which lies where the program is started.
    """
    values = effective_values(configuration)
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _only_own(camera: dict[str, Any], site: dict[str, Any]) -> dict[str, Any]:
    own = {key: value for key, value in camera.items() if key not in CAMERA_SECTIONS and value is not None}
    own["source"] = [without_credentials(location) for location in camera["source"]]
    for section in CAMERA_SECTIONS:
        changed = {key: value for key, value in camera[section].items() if value != site[section][key]}
        if changed:
            own[section] = changed
    return own


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
