"""What makes a run another run: a digest of all that decides its result, and of nothing else."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.cameras.classifiers import classifier_checksum
from pipeline.cameras.detectors import DetectorShelf
from pipeline.configuration import Configuration, effective_values
from pipeline.runner.preparation import Preparation
from tracking.files import sha256_of
from tracking.model_card import card_path
from tracking.riders import judge_checksum


def settings_of(prepared: Preparation) -> str:
    """Digest all that decides a result apart from the footage, so that every day has the same."""
    configuration, encoder, linking = prepared.configuration, prepared.encoder, prepared.linking
    digest = sha256()
    digest.update(_deciding_values(configuration).encode())
    digest.update(f"|{encoder.model_id}|{linking.threshold}".encode())
    if configuration.matching.calibration is None and linking.settings.calibration is not None:
        digest.update(f"|{linking.settings.calibration}".encode())
    for camera in configuration.cameras:
        # Of cameras that cannot be read today too: tomorrow they can.
        digest.update(f"|{DetectorShelf.checksum(camera.detector)}".encode())
        if chosen := DetectorShelf.chosen_runtime(camera.detector):
            digest.update(f"|{chosen}".encode())
    if any(camera.rider.judge.by == "learnt" for camera in configuration.cameras):
        classifiers = [classifier_checksum(camera.rider) for camera in configuration.cameras]
        digest.update(f"|{judge_checksum()}|{classifiers}".encode())
    return digest.hexdigest()


def fingerprint_of(prepared: Preparation) -> str:
    """Digest a preparation with its footage; equal digests mean equal results."""
    digest = sha256(settings_of(prepared).encode())
    for camera in prepared.cameras:
        starts = [planned.start for planned in camera.source.sources]
        digest.update(f"|{camera.id}|{camera.detector.name}|{camera.footage}|{starts}".encode())
    return digest.hexdigest()


def _deciding_values(configuration: Configuration) -> str:
    """The configuration without what changes no result, and without the folders that files lie in."""
    values = effective_values(configuration)
    for section in ("database", "statistics", "runtime"):
        values.pop(section)
    numbers = {camera["id"]: number for number, camera in enumerate(values["cameras"])}
    # A camera is the same under another name.
    for camera in values["cameras"]:
        camera.pop("source")
        camera["id"] = numbers[camera["id"]]
    for link in values.get("links") or ():
        link["from"], link["to"] = numbers.get(link["from"]), numbers.get(link["to"])
    return json.dumps([_by_content(values), configuration.runtime.max_fps], sort_keys=True)


def _by_content(value: Any) -> Any:
    """Put checksums in the place of paths: new weights under an old name count, a moved folder does not."""
    if isinstance(value, dict):
        return {key: _by_content(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_by_content(inner) for inner in value]
    if not (isinstance(value, str) and Path(value).is_absolute() and Path(value).is_file()):
        return value
    beside = (Path(value), card_path(Path(value)))
    return [sha256_of(path) for path in beside if path.is_file()]
