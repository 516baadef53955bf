"""Where fetched models are kept."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Folder of fetched models.

    ``FIETSFLOW_CACHE`` decides; without it, the place that the operating system has for caches.
    """
    chosen = os.environ.get("FIETSFLOW_CACHE")
    return (Path(chosen).expanduser() if chosen else _platform_cache() / "fietsflow") / "models"


def _platform_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
