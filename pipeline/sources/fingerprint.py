"""A quick identity of a file, by which a second run sees that the footage is the same."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

_CHUNK = 256 * 1024


def fingerprint(path: Path, images: Sequence[Path] = ()) -> str:
    """Hash name, size, head and tail of a video, or name and size of each picture of a folder.

    Args:
        path: A video file, or a folder of pictures.
        images: The pictures that are meant; none for all files of the folder.

    Returns:
        64 hexadecimal digits.

    Raises:
        OSError: The file cannot be read.
    """
    digest = sha256(path.name.encode())
    files = sorted(images or (p for p in path.iterdir() if p.is_file())) if path.is_dir() else [path]
    for file in files:
        size = file.stat().st_size
        digest.update(f"\0{file.name}\0{size}\0".encode())
        if path.is_dir():
            continue
        with file.open("rb") as stream:
            digest.update(stream.read(_CHUNK))
            stream.seek(max(0, size - _CHUNK))
            digest.update(stream.read(_CHUNK))
    return digest.hexdigest()
