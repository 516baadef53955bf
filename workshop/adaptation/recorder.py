"""What a recorder does to a picture: H.264, as strong as street cameras have it, in memory."""

from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.random import Generator

from tracking.arrays import Image

_CRF = (24, 40)
"""Least and greatest loss; street cameras of public web sites come near the upper end."""
_SHIFT_PX = 3
"""Most by which the picture before lay elsewhere: the second one is predicted from it."""


def some_recorded(image: Image, share: float, rng: Generator) -> Image:
    """A share of all pictures as a recorder gives them back, the others as they are."""
    return recorded(image, rng) if share and rng.random() < share else image


def recorded(image: Image, rng: Generator) -> Image:
    """The picture as a recorder gives it back: the second of two, so that most of it is predicted.

    Args:
        image: (H, W, 3) uint8 BGR; sides are even.
        rng: Decides how strong, and how far the picture moved.
    """
    height, width = image.shape[:2]
    quality = int(rng.integers(_CRF[0], _CRF[1] + 1))
    across, down = (float(value) for value in rng.uniform(-_SHIFT_PX, _SHIFT_PX, 2))
    moved = np.array([[1.0, 0.0, across], [0.0, 1.0, down]])
    before = cv2.warpAffine(image, moved, (width, height), borderMode=cv2.BORDER_REPLICATE)
    *_, last = _through((np.asarray(before, np.uint8), image), quality)
    return last


def _through(pictures: tuple[Image, ...], quality: int) -> Iterator[Image]:
    """Pictures through an encoder and a decoder of one thread each."""
    height, width = pictures[0].shape[:2]
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = width, height
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = Fraction(25)
    encoder.options = {"preset": "veryfast", "crf": str(quality), "threads": "1", "tune": "zerolatency"}
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    packets = []
    for picture in pictures:
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        packets += encoder.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p"))
    for packet in (*packets, *encoder.encode(None), None):
        for frame in decoder.decode(packet):
            yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
