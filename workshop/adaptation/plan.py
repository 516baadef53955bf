"""What an adaptation is of."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AdaptationPlan:
    """What to adapt to.

    Attributes:
        footage: Videos, folders of videos or of pictures.
        no_cyclists: The same in which, as is known, nobody cycles.
        teachers: Files of detectors, or their names in the model registry.
        start: File or name of the detector that learns on.
        output: Folder for the model, the teachers' opinions and the state of the training.
        data: Folder above the labelled data sets of the shipped detector; None for none of them.
        left_out: Beginnings of names of pictures and videos in the footage that are not looked at.
        threads: Of the processor, for the teachers; all where None.
    """

    footage: tuple[Path, ...]
    teachers: tuple[str, ...]
    start: str
    output: Path
    data: Path | None = None
    left_out: tuple[str, ...] = ()
    threads: int | None = None
    no_cyclists: tuple[Path, ...] = ()
