"""Detectors: frames to boxes.

`build_detector` turns settings into one of: background subtraction (``motion``), exported YOLO models
(``onnx``), ultralytics weights (``yolo``), torchvision's Faster R-CNN (``faster_rcnn``).
"""

from tracking.detectors.base import Detector
from tracking.detectors.build import build_detector
from tracking.detectors.settings import DetectorSettings, MotionSettings, SecondLookSettings, TilingSettings

__all__ = [
    "Detector",
    "DetectorSettings",
    "MotionSettings",
    "SecondLookSettings",
    "TilingSettings",
    "build_detector",
]
