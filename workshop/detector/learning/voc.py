"""Boxes of Pascal VOC: one XML file for each image."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from tracking.arrays import FloatArray, IntArray
from tracking.errors import UsageError
from workshop.detector.learning.samples import Label

_EDGES = ("xmin", "ymin", "xmax", "ymax")


def read_voc(path: Path, meanings: Mapping[str, Label]) -> tuple[FloatArray, IntArray]:
    """Boxes of the classes with a meaning.

    Args:
        path: The XML file; an image without one shows nobody.
        meanings: By the name of the class.

    Returns:
        (N, 4) float32 xyxy pixels of the image, and (N,) labels.

    Raises:
        UsageError: The file is no XML, or an object in it has no name or no box.
    """
    boxes, labels = [], []
    try:
        objects = ElementTree.parse(path).iter("object") if path.is_file() else iter(())
        for found in objects:
            meaning = meanings.get((found.findtext("name") or "").strip())
            if meaning is not None:
                boxes.append([float(found.findtext(f"bndbox/{edge}") or "") for edge in _EDGES])
                labels.append(int(meaning))
    except (ElementTree.ParseError, ValueError) as error:
        raise UsageError(
            f"{path}: not Pascal VOC ({error}); every object needs name and bndbox (xmin, ymin, xmax, ymax)"
        ) from error
    return np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(labels, np.int64)
