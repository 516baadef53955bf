"""How large people are where the detector will work: training pictures show them at that size."""

from collections.abc import Sequence

import numpy as np

from workshop.detector.learning.parts import CompositionSettings
from workshop.detector.learning.samples import CLASS_NAMES, LabelledImage

_LEAST = 20
"""Fewer people do not tell how large people are."""
_USUAL = (5, 95)
"""Percentiles of the heights that count: one wrong box must not decide."""
_WIDER = 1.5
"""How much lower and higher than those the training shows people."""


def at_the_size_of(
    images: Sequence[LabelledImage], composition: CompositionSettings, input_size: tuple[int, int]
) -> CompositionSettings:
    """The same composition, which shows people at the heights that the detector meets in these frames.

    Args:
        images: Frames of the place with what was taught; fewer than 20 people in them change nothing.
        composition: How pictures are put together.
        input_size: Height and width of the detector's input, into which whole frames are fitted.
    """
    heights = [
        (image.boxes[:, 3] - image.boxes[:, 1])[image.labels < len(CLASS_NAMES)]
        * min(input_size[0] / image.image.shape[0], input_size[1] / image.image.shape[1])
        for image in images
    ]
    together = np.concatenate([np.zeros(0), *heights])
    if len(together) < _LEAST:
        return composition
    low, high = np.percentile(together, _USUAL)
    least, most = composition.heights_px
    wanted = max(least, float(low) / _WIDER), min(most, float(high) * _WIDER)
    return composition.model_copy(update={"heights_px": wanted}) if wanted[0] < wanted[1] else composition
