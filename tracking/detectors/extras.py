"""Optional packages, imported where they are used."""

import os
import sys
import tempfile
from functools import cache
from importlib import import_module
from types import ModuleType

from tracking.errors import DeviceError, UsageError


@cache
def _temporary_folder() -> "tempfile.TemporaryDirectory[str]":
    """A folder that lives as long as the process."""
    return tempfile.TemporaryDirectory(prefix="fietsflow-")


def require(package: str, extra: str, purpose: str) -> ModuleType:
    """Import an optional package.

    Args:
        package: Name to import.
        extra: The extra of this program that installs it.
        purpose: What needs it, for the message.

    Raises:
        UsageError: It is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        raise UsageError(
            f'{purpose} needs the package {package}, which is not installed; pip install "fietsflow[{extra}]"'
        ) from error


def require_torch(device: str, threads: int | None, purpose: str) -> ModuleType:
    """Import torch, make sure of the device and set the number of threads.

    Raises:
        UsageError: torch is not installed.
        DeviceError: CUDA was asked for and is not there.
    """
    torch = require("torch", "torch", purpose)
    if device == "cuda" and not torch.cuda.is_available():
        raise DeviceError(
            "device cuda was asked for, but torch finds no usable GPU; check the NVIDIA driver and that "
            "torch was installed with CUDA, or set device cpu"
        )
    if threads is not None:
        torch.set_num_threads(threads)
    return torch


def require_ultralytics(purpose: str) -> ModuleType:
    """Import ultralytics so that it neither calls home nor writes into the home folder.

    Raises:
        UsageError: It is not installed.
    """
    quiet = {"YOLO_OFFLINE": "true", "YOLO_VERBOSE": "false", "YOLO_AUTOINSTALL": "false"}
    if "YOLO_CONFIG_DIR" not in os.environ:
        quiet["YOLO_CONFIG_DIR"] = _temporary_folder().name
    # ultralytics reads these once, while it is imported.
    for name, value in quiet.items():
        os.environ.setdefault(name, value)
    ultralytics = require("ultralytics", "yolo", purpose)
    ultralytics.settings.update(sync=False)
    return ultralytics


def require_openvino(purpose: str) -> ModuleType:
    """Import OpenVINO so that it tells nobody about it.

    ``import openvino`` reports itself to its makers' statistics through the package openvino-telemetry, which
    it installs and asks nobody about; without that package it stays silent.

    Raises:
        UsageError: It is not installed.
    """
    # None makes every later import fail, which OpenVINO foresees.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return require("openvino", "openvino", purpose)
