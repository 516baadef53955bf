"""A data set again, with the background of every picture black (Ramchandani, Guess & Wells, 4.1)."""

import shutil
from pathlib import Path

from reid.datasets.folders import IMAGE_SUFFIXES
from reid.training.blackening import blacken
from reid.training.trained import LoadedModel


def blackened_copy(model: LoadedModel, folder: Path, out: Path) -> Path:
    """Copy a data set of any layout; pictures get the size of the segmentation network.

    Args:
        model: A segmentation network.
        folder: The data set.
        out: Gets the copy; one that is there already, and so complete, stays.

    Returns:
        `out`.

    Raises:
        UsageError: If the network does not segment, or a picture cannot be read.
    """
    if out.is_dir():
        return out
    making = out.with_name(f"{out.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    pictures = [path for path in found if path.suffix.lower() in IMAGE_SUFFIXES]
    blacken(model, folder, pictures, making)
    for path in set(found) - set(pictures):
        target = making / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return making.rename(out)
