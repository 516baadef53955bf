"""Detection with an exported model, whatever computes it."""

import math
import threading
from collections.abc import Sequence

import numpy as np

from tracking.arrays import FloatArray, Image, IntArray
from tracking.detectors.classes import COCO_NAMES, UNKNOWN_CLASS, class_numbers
from tracking.detectors.heads import Candidates, HeadKind, class_count, decode, recognise_head
from tracking.detectors.letterbox import PADDING_GREY, Letterbox
from tracking.detectors.network import Network
from tracking.detectors.nms import suppress_overlaps
from tracking.detectors.parts import joined, uncut
from tracking.detectors.settings import DEFAULT_NMS_IOU, DetectorSettings
from tracking.errors import UsageError, WeightsError
from tracking.values import Detections, ObjectClass, Part

DEFAULT_SIDE = 640
_RIVALS = {int(ObjectClass.CYCLIST), int(ObjectClass.PEDESTRIAN)}
"""A detector of whole cyclists that also knows these answers a box with the scores of both."""


class ExportedDetector:
    """Letterbox, network, decoding and suppression, the same for every runtime.

    Args:
        network: The loaded model.
        settings: Thresholds, classes, input size, batch.

    Raises:
        WeightsError: The answer has no layout of ours, or the classes are unknown.
        UsageError: The input size asked for is not the model's.
    """

    stateful = False

    def __init__(self, network: Network, settings: DetectorSettings) -> None:
        self.name, self.provider = network.name, network.provider
        self._network = network
        self._settings = settings
        self._fixed_size = self._choose_fixed_size()
        self._batch = network.facts.fixed_batch or settings.frames_per_call
        # Cameras share a detector, each in its own thread; the network itself is safe to share.
        self._kept = threading.local()
        # The layout shows in a small picture too, for a fraction of the time and memory.
        size = self._fixed_size or (_multiple(self._longer_side() / 2, network.facts.stride),) * 2
        probe = network(np.full((network.facts.fixed_batch or 1, 3, *size), 0.5, np.float32))
        self._head = HeadKind.DETR if network.facts.detr else settings.head or self._recognise(probe, size)
        self._numbers = self._class_numbers(probe.shape)
        self._nms_iou = settings.nms_iou or network.facts.nms_iou or DEFAULT_NMS_IOU
        # Far away a rider looks much like a walker: the judge weighs both scores over the whole passage.
        self._every_class = set(self._numbers.tolist()) >= _RIVALS

    @property
    def sees_persons(self) -> bool:
        """Whether it reports persons apart from what they ride."""
        person = int(ObjectClass.PERSON)
        return person in self._numbers and person in self._settings.kept_numbers

    @property
    def looks_singly(self) -> bool:
        """See `SingleDetector`."""
        return self._batch == 1

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find objects in a batch of frames; see `Detector`."""
        found: list[Detections] = []
        for start in range(0, len(images), self._batch):
            found += self._detect_batch(images[start : start + self._batch])
        return found

    def _detect_batch(self, images: Sequence[Image]) -> list[Detections]:
        if len({image.shape for image in images}) > 1:
            return [found for image in images for found in self._detect_batch([image])]
        size = self._size_for(images[0])
        frame = images[0].shape[:2]
        if self._head is HeadKind.DETR:
            return self._answers(images, size, Letterbox.stretched(frame, size))
        return self._answers(images, size, Letterbox.fit(frame, size, centred=not self._head.is_yolox))

    def _answers(
        self, images: Sequence[Image], size: tuple[int, int], letterbox: Letterbox
    ) -> list[Detections]:
        blob = self._filled_blob(images, size, letterbox)
        answers = self._network(blob)[: len(images)]
        threshold = self._settings.score_threshold
        decoded = [
            decode(self._head, answer, size, threshold, every_class=self._every_class) for answer in answers
        ]
        return [self._finish(candidates, letterbox) for candidates in decoded]

    @property
    def any_size(self) -> bool:
        """See `PartDetector`."""
        return self._fixed_size is None

    @property
    def side(self) -> int:
        """See `SizedDetector`."""
        return self._longer_side()

    def detect_parts(self, image: Image, parts: Sequence[Part]) -> Detections:
        """See `PartDetector`."""
        scale, stride = self._longer_side() / max(image.shape[:2]), self._network.facts.stride
        found = []
        for left, top, right, bottom in parts:
            piece = image[top:bottom, left:right]
            size = (_multiple(piece.shape[0] * scale, stride), _multiple(piece.shape[1] * scale, stride))
            letterbox = Letterbox.scaled(piece.shape[:2], size, scale, centred=not self._head.is_yolox)
            boxes = self._answers([piece], size, letterbox)[0]
            found.append(uncut(boxes, (left, top, right, bottom), image.shape[1::-1]))
        return joined(found)

    def _filled_blob(
        self, images: Sequence[Image], size: tuple[int, int], letterbox: Letterbox
    ) -> FloatArray:
        """Write the frames into a buffer whose padding stays from call to call."""
        needed = self._network.facts.fixed_batch or len(images)
        factor = 1.0 if self._head.is_yolox else 1 / 255
        kept = self._kept
        blob = getattr(kept, "blob", None)
        if blob is None or kept.fits != letterbox or blob.shape[2:] != size or len(blob) < needed:
            blob = kept.blob = np.full((needed, 3, *size), PADDING_GREY * factor, np.float32)
            kept.fits = letterbox
        for slot, image in zip(blob, images, strict=False):
            letterbox.fill(slot, image, rgb=not self._head.is_yolox, factor=factor)
        return np.asarray(blob[:needed])

    def _finish(self, found: Candidates, letterbox: Letterbox) -> Detections:
        """Keep the wanted classes, suppress overlaps and return to frame pixels."""
        known = found.label < len(self._numbers)
        class_id = np.full(len(found.label), UNKNOWN_CLASS, np.int64)
        class_id[known] = self._numbers[found.label[known]]
        kept = np.flatnonzero(np.isin(class_id, list(self._settings.kept_numbers)))
        boxes, score, class_id = found.xyxy[kept], found.score[kept], class_id[kept]
        if not self._head.is_finished:
            best = suppress_overlaps(boxes, score, class_id, self._nms_iou)
            boxes, score, class_id = boxes[best], score[best], class_id[best]
        boxes = letterbox.to_frame(boxes)
        visible = np.all(boxes[:, 2:] > boxes[:, :2], axis=1)
        detections = Detections(
            boxes[visible], score[visible].astype(np.float32, copy=False), class_id[visible]
        )
        return detections[: self._settings.max_detections]

    def _choose_fixed_size(self) -> tuple[int, int] | None:
        """The one input size, or None where it follows the frame's shape."""
        asked, only = self._settings.input_size, self._network.facts.size
        if only is None and self._network.facts.detr:
            return asked if isinstance(asked, tuple) else (self._longer_side(),) * 2
        if only is None:
            return asked if isinstance(asked, tuple) else None
        if asked is not None and asked not in (only, max(only)):
            raise UsageError(
                f"detector.input_size: {self.name} takes only {only[0]} × {only[1]} pixels, not {asked}; "
                "leave it out, or export the model with that size"
            )
        return only

    def _longer_side(self) -> int:
        asked = self._settings.input_size
        if isinstance(asked, int):
            return asked
        usual = self._network.facts.usual_size
        return max(usual) if usual else DEFAULT_SIDE

    def _size_for(self, image: Image) -> tuple[int, int]:
        """The fixed size, or the smallest multiple of the stride that holds the frame."""
        if self._fixed_size is not None:
            return self._fixed_size
        stride = self._network.facts.stride
        scale = self._longer_side() / max(image.shape[:2])
        return _multiple(image.shape[0] * scale, stride), _multiple(image.shape[1] * scale, stride)

    def _recognise(self, probe: FloatArray, size: tuple[int, int]) -> HeadKind:
        facts = self._network.facts
        if facts.end_to_end and probe.ndim == 3 and probe.shape[2] == 6:
            return HeadKind.END_TO_END
        names = self._settings.class_names or facts.class_names
        head = recognise_head(probe, size, len(names) if names else None)
        if head is None:
            raise WeightsError(
                f"{self.name}: an output of shape {probe.shape} is no known YOLO layout; "
                f"set detector.head to one of {', '.join(HeadKind)} if it is one after all"
            )
        return head

    def _class_numbers(self, shape: tuple[int, ...]) -> IntArray:
        names = self._settings.class_names or self._network.facts.class_names
        count = class_count(self._head, shape)
        if names is None and count in (None, len(COCO_NAMES)):
            names = COCO_NAMES
        if names is None or (count is not None and len(names) != count):
            told = "does not name them" if names is None else f"{len(names)} names are given"
            raise WeightsError(
                f"{self.name}: the model has {count} classes and {told}; "
                "list them in order in detector.class_names"
            )
        return class_numbers(names)


def _multiple(side: float, stride: int) -> int:
    return math.ceil(round(side) / stride) * stride
