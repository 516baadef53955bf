"""Training of the shipped cyclist encoder: simulated riders beside photographed ones, in one command.

Needs PyTorch; the settings and the simulated pictures do not.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from workshop.encoder.recipe import Scale

__all__ = ["train_encoder"]


def train_encoder(
    output: Path,
    data: Path | None,
    scale: "Scale",
    seed: int | None = None,
    say: "Callable[[str], None]" = lambda _: None,
) -> Path:
    """Train, calibrate, export and measure the encoder; interrupted, the same call goes on.

    Args:
        output: Folder for the model, its card, the pictures and the state of the training.
        data: Folder with ``motorcycles_2cam`` in it, or that folder itself; None: simulated riders only.
        scale: ``full`` made the shipped encoder; ``reduced`` fits into an hour on two cores.
        seed: Of everything that is drawn in training; the recipe's where None.
        say: Told in words how far it is.

    Returns:
        The ``.onnx`` file; its card lies beside it.

    Raises:
        UsageError: Packages or pictures are missing.
        WeightsError: The weights to start from are damaged.
        TrainingError: The training diverged.
    """
    from workshop.encoder.train import EncoderTraining

    return EncoderTraining(output, data, scale, seed, say).run()
