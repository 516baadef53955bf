"""A quick identity of a file, by which a second run sees that the footage is the same."""

from hashlib import sha256
from pathlib import Path

_CHUNK = 256 * 1024


def fingerprint(path: Path) -> str:
    """Hash name, size, head and tail of a file (for a folder: of every file in it).

    Args:
        path: A video file, or a folder of pictures.

    Returns:
        64 hexadecimal digits.

    Raises:
        OSError: The file cannot be read.
    """
    digest = sha256(path.name.encode())
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
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
