"""Watching one camera: its footage, its detector and its chain, checked first and opened when work begins."""

from pipeline.cameras.classifiers import classifier_checksum, classifier_for
from pipeline.cameras.detectors import DetectorShelf
from pipeline.cameras.feeder import Chunk, Feeder, GivenUpError
from pipeline.cameras.opening import OpenCamera, crop_blur, open_camera, open_feeder
from pipeline.cameras.prepared import PreparedCamera, chain_settings, prepare_camera, prepare_cameras
from pipeline.cameras.promised import promised_frames

__all__ = [
    "Chunk",
    "DetectorShelf",
    "Feeder",
    "GivenUpError",
    "OpenCamera",
    "PreparedCamera",
    "chain_settings",
    "classifier_checksum",
    "classifier_for",
    "crop_blur",
    "open_camera",
    "open_feeder",
    "prepare_camera",
    "prepare_cameras",
    "promised_frames",
]
