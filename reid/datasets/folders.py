"""Listing of image folders."""

from pathlib import Path

from tracking.errors import UsageError

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})


def list_images(folder: Path) -> tuple[Path, ...]:
    """The images of a folder, by name.

    Raises:
        UsageError: There is no such folder, or it holds no image.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; name the folder of a re-ID data set")
    images = tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES))
    if not images:
        raise UsageError(f"{folder}: holds no .jpg or .png image; name the folder of a re-ID data set")
    return images
