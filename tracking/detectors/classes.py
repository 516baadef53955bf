"""From the class names of a model to the numbers that the program works with."""

import ast
from collections.abc import Sequence

import numpy as np

from tracking.arrays import IntArray
from tracking.values import ObjectClass

_COCO_LIST = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,"
    "parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,"
    "handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,"
    "surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,"
    "broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,"
    "mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,"
    "teddy bear,hair drier,toothbrush"
)
COCO_NAMES: tuple[str, ...] = tuple(_COCO_LIST.split(","))
"""The 80 classes of COCO in the order that YOLO models use."""

_UNUSED_IN_COCO = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
COCO_91_NUMBERS: tuple[int, ...] = tuple(n for n in range(1, 91) if n not in _UNUSED_IN_COCO)
"""COCO's original category number of each of the 80 classes; torchvision's models use these."""

UNKNOWN_CLASS = -1
"""A class of a model that the program has no use for."""

KEPT_BY_DEFAULT: tuple[str, ...] = (
    "person", "bicycle", "car", "motorcycle", "bus", "truck", "cyclist", "moving", "pedestrian",
)  # fmt: skip

_OTHER_NAMES = {
    "people": ObjectClass.PERSON,
    "bike": ObjectClass.BICYCLE,
    "motorbike": ObjectClass.MOTORCYCLE,
    "scooter": ObjectClass.MOTORCYCLE,
    "van": ObjectClass.CAR,
    "lorry": ObjectClass.TRUCK,
    "rider": ObjectClass.CYCLIST,
    "bicyclist": ObjectClass.CYCLIST,
    "bike rider": ObjectClass.CYCLIST,
}
_NUMBERS = (
    {name: number for number, name in enumerate(COCO_NAMES)}
    | {kind.name.lower(): int(kind) for kind in ObjectClass}
    | {name: int(kind) for name, kind in _OTHER_NAMES.items()}
)


def class_number(name: str) -> int | None:
    """Number of a class name, or None for a name nobody uses here."""
    return _NUMBERS.get(name.strip().lower().replace("_", " ").replace("-", " "))


def class_numbers(names: Sequence[str]) -> IntArray:
    """Translate a model's classes.

    Args:
        names: Class names in the model's order.

    Returns:
        (C,) int64: values of `ObjectClass`, other COCO-80 numbers, or `UNKNOWN_CLASS`.
    """
    numbers = (class_number(name) for name in names)
    return np.array([UNKNOWN_CLASS if n is None else n for n in numbers], np.int64)


def names_from_metadata(text: str | None) -> tuple[str, ...] | None:
    """Read the ``names`` entry that ultralytics writes into exported models.

    Args:
        text: A Python literal such as ``{0: 'person', 1: 'bicycle'}``.

    Returns:
        The names in order; None where there is nothing readable.
    """
    try:
        names = ast.literal_eval(text or "")
    except (ValueError, SyntaxError):
        return None
    if isinstance(names, dict):
        names = [names[key] for key in sorted(names)]
    return tuple(map(str, names)) if isinstance(names, (list, tuple)) else None
