"""Fetching a model: into a temporary file, checked, then moved into place."""

import hashlib
import json
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.request import Request, urlopen

from pipeline.registry.cache import cache_folder
from pipeline.registry.checksums import expected_sum, verify_entry
from pipeline.registry.entries import ModelEntry
from tracking.errors import WeightsError
from tracking.files import whole_file
from tracking.model_card import card_path

Progress = Callable[[int, int | None], None]
"""Called with the bytes received so far and, where the server tells, the bytes in all."""

_CHUNK_BYTES = 1 << 18
_TIMEOUT_S = 20.0


def fetch_model(entry: ModelEntry, sha256: str | None = None, progress: Progress | None = None) -> Path:
    """Get a model's file: out of the package, the cache, or the network.

    A file in the cache that is not what it should be is fetched anew.

    Args:
        entry: The model.
        sha256: Its checksum, where the registry does not know it.
        progress: Told how far the download is.

    Returns:
        The file, verified.

    Raises:
        WeightsError: It cannot be had, or its checksum is unknown or wrong.
        UsageError: The given sum contradicts the registry.
    """
    if entry.shipped is not None:
        verify_entry(entry, entry.shipped)
        return entry.shipped
    target = cache_folder() / entry.file_name
    if target.is_file():
        try:
            verify_entry(entry, target)
        except WeightsError:
            pass
        else:
            return target
    expected = expected_sum(entry, sha256)
    _download(entry, target, expected, progress)
    return target


def cached_file(entry: ModelEntry) -> Path | None:
    """The model's file where it is on this machine already, unverified."""
    path = entry.shipped or cache_folder() / entry.file_name
    return path if path.is_file() else None


def _download(entry: ModelEntry, target: Path, expected: str, progress: Progress | None) -> None:
    """Write to a temporary file beside the target, so that the target is never half a file."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target, durable=True) as part:
            with part.open("wb") as file:
                actual = _receive(entry, file, progress)
            if not actual.startswith(expected):
                raise WeightsError(
                    f"{entry.file_name}: what {entry.url} delivered is not the model: its SHA-256 is "
                    f"{actual}, right would be {expected}; nothing was kept"
                )
            _write_card(entry, target, actual)
    except (OSError, HTTPException) as error:
        raise WeightsError(
            f"{entry.file_name} could not be downloaded from {entry.url} ({_reason(error)}); "
            f"put the file at {target}" + (" or leave --detector out" if entry.task == "detector" else "")
        ) from error


def _receive(entry: ModelEntry, file: IO[bytes], progress: Progress | None) -> str:
    """Copy the answer of the server into a file and return its checksum."""
    digest = hashlib.sha256()
    received = 0
    request = Request(entry.url or "", headers={"User-Agent": "fietsflow"})
    with urlopen(request, timeout=_TIMEOUT_S) as answer:
        announced = answer.headers.get("Content-Length")
        total = int(announced) if announced and announced.isdigit() else entry.size
        while chunk := answer.read(_CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            received += len(chunk)
            if progress is not None:
                progress(received, total)
    if announced and announced.isdigit() and received < int(announced):
        raise HTTPException(f"the connection ended after {received} of {announced} bytes")
    return digest.hexdigest()


def _write_card(entry: ModelEntry, target: Path, sha256: str) -> None:
    """Remember beside the file what was verified, for the next time."""
    card = {
        "name": entry.name,
        "task": entry.task,
        "runtime": entry.runtime,
        "licence": entry.licence,
        "url": entry.url,
        "sha256": sha256,
    }
    card_path(target).write_text(json.dumps(card, indent=2) + "\n", "utf-8")


def _reason(error: Exception) -> str:
    """What went wrong, without the wrapping that urllib adds."""
    inner = getattr(error, "reason", None)
    if isinstance(error, OSError) and isinstance(inner, OSError):
        return inner.strerror or str(inner)
    return str(error) or type(error).__name__
