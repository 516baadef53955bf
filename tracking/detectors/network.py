"""What a runtime offers to the detector of exported models."""

from dataclasses import dataclass
from typing import Protocol

from tracking.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What a model file says about itself.

    Attributes:
        size: Height and width of the input where they are fixed.
        usual_size: Height and width it was trained or exported with, where told.
        stride: Coarsest stride; sides of a free input are multiples of it.
        fixed_batch: Pictures per call where fixed; None where any number goes.
        class_names: Names of the classes in order, where told.
        end_to_end: True where suppression is done inside; None where not told.
    """

    size: tuple[int, int] | None = None
    usual_size: tuple[int, int] | None = None
    stride: int = 32
    fixed_batch: int | None = None
    class_names: tuple[str, ...] | None = None
    end_to_end: bool | None = None


class Network(Protocol):
    """A loaded model of one runtime.

    Attributes:
        name: Runtime and file stem, for example ``onnx:yolov8n_int8``.
        facts: What the file says about itself.
        provider: What really computes it, in the words of the runtime.
    """

    name: str
    facts: NetworkFacts
    provider: str

    def __call__(self, blob: FloatArray) -> FloatArray:
        """Compute the raw answer.

        Args:
            blob: (B, 3, h, w) float32, as the model was trained on.

        Returns:
            (B, A, C) float32, layout as in `tracking.detectors.heads`.
        """
        ...
