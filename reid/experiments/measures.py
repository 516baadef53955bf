"""What an experiment can report of a trained network, and how it is written in a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Measure(StrEnum):
    """A column of a table."""

    RANK1 = "rank1"
    """Share of the queries whose nearest answer is right."""
    RANK5 = "rank5"
    RANK10 = "rank10"
    MEAN_AVERAGE_PRECISION = "map"
    PRECISION = "precision"
    """Of pairs below the threshold of maximum F1 on the test data itself, as the thesis chose it."""
    RECALL = "recall"
    F1 = "f1"
    THRESHOLD = "threshold"
    HELD_OUT_F1 = "held_out_f1"
    """F1 of test pairs below the threshold of maximum F1 on the riders of the validation part."""
    PARAMETERS = "parameters"
    """Millions of weights that are needed to embed."""
    EFFECTIVE_RANK = "effective_rank"
    """Directions that the embeddings of the test images use."""
    SEPARATION = "separation"
    """Mean distance of two riders over the mean distance of two images of one rider."""
    COLLAPSED = "collapsed"
    """1 where all test embeddings lie at one point or on a line."""
    MEAN_IOU = "mean_iou"
    """Mean over person and background of intersection over union."""
    RECONSTRUCTION_L1 = "reconstruction_l1"
    """Mean absolute error of a pixel, in deviations of the input."""


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a measure is written.

    Attributes:
        title: Head of its column.
        factor: What a value is multiplied with, 100 for shares.
        digits: Digits after the point.
        less_is_better: Whether the smaller value wins.
    """

    title: str
    factor: float = 1.0
    digits: int = 2
    less_is_better: bool = False

    def write(self, value: float) -> str:
        """Write a value."""
        return f"{self.factor * value:.{self.digits}f}"


def _share(title: str) -> Presentation:
    return Presentation(title, 100.0, 1)


PRESENTATIONS: Mapping[Measure, Presentation] = MappingProxyType(
    {
        Measure.RANK1: _share("R1 %"),
        Measure.RANK5: _share("R5 %"),
        Measure.RANK10: _share("R10 %"),
        Measure.MEAN_AVERAGE_PRECISION: _share("mAP %"),
        Measure.PRECISION: _share("P %"),
        Measure.RECALL: _share("R %"),
        Measure.F1: _share("F1 %"),
        Measure.THRESHOLD: Presentation("τ"),
        Measure.HELD_OUT_F1: _share("F1 % at τ of others"),
        Measure.PARAMETERS: Presentation("parameters, M", digits=1, less_is_better=True),
        Measure.EFFECTIVE_RANK: Presentation("effective rank", digits=1),
        Measure.SEPARATION: Presentation("between / within"),
        Measure.COLLAPSED: _share("collapsed %"),
        Measure.MEAN_IOU: _share("mIoU %"),
        Measure.RECONSTRUCTION_L1: Presentation("L1 error", digits=3, less_is_better=True),
    }
)
