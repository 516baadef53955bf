"""A quick identity of a file, by which a second run sees that the footage is the same."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from pipeline.sources.memo import remembered

_CHUNK = 256 * 1024


@remembered
def fingerprint(path: Path, images: Sequence[Path] = ()) -> str:
    """Hash size, head and tail of a video, or name and size of each picture of a folder.

    The name of the video or folder has no part in it: footage that was renamed is still the same footage, and
    must not be counted twice.

    Args:
        path: A video file, or a folder of pictures.
        images: The pictures that are meant; none for all files of the folder.

    Returns:
        64 hexadecimal digits.

    Raises:
        OSError: The file cannot be read.
    """
    digest = sha256()
    files = sorted(images or (p for p in path.iterdir() if p.is_file())) if path.is_dir() else [path]
    for file in files:
        size = file.stat().st_size
        if path.is_dir():
            digest.update(b"\0" + os.fsencode(file.name) + f"\0{size}\0".encode())
            continue
        digest.update(f"{size}\0".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(_CHUNK))
            stream.seek(max(0, size - _CHUNK))
            digest.update(stream.read(_CHUNK))
    return digest.hexdigest()
