"""Whether a network for pedestrians teaches the encoder to know riders at cameras that it never saw.

No photographed rider teaches here, and all of them are asked: their two cameras are new to the encoder. It
learns simulated riders as `benchmarks.encoder_quality` does, then for some passes more, and beside its own
losses it is to keep the distances that the teacher sees between the pictures of a batch, relative to their
mean (relational distillation, Park et al. 2019). The teacher looks at sharp pictures, the encoder at blurred
ones: simulated riders as they are, and people whom nobody told apart, cut out of the labelled pictures of the
rider classifier.

    python -m benchmarks.encoder_distillation OUT --data DIR --teacher REID.onnx --weight 0 --weight 1

OUT may be that of `benchmarks.encoder_quality`, DIR is the folder above ``reid`` and ``detection``. The
teacher takes N × height × width × 3 BGR 0–255, as the re-identification networks of the Open Model Zoo do.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.encoder_quality import FOLDS, Bench, asked_in, opened, say
from benchmarks.encoder_tables import IngredientResult, kept
from reid.batches.transforms import CropTransform
from reid.datasets import ReidDataset
from reid.encoders.preprocessing import to_unit_rows
from reid.models.base import ReidOutput
from reid.training.batches import Batch
from reid.training.objectives import BatchObjective, Costs, Objective
from reid.training.trained import load_trained
from tracking.arrays import FloatArray, Image, IntArray
from workshop.classifier.crops import LabelledCrop, Shown, labelled_crops
from workshop.classifier.description import load_description
from workshop.classifier.finish import finished
from workshop.detector.learning.datasets import read_folder
from workshop.detector.learning.samples import Label
from workshop.encoder.recipe import StageSettings
from workshop.encoder.stages import Riders, train_stages
from workshop.encoder.training_set import read_picture

PEOPLE = {Label.CYCLIST: Shown.CYCLIST, Label.PEDESTRIAN: Shown.ON_FOOT}
STRANGERS = 32
"""People without a name who join every batch."""
STRESS = 10.0
"""Weight 1 is this times the mean difference of relative distances; no other was tried."""


class Teacher:
    """A re-identification network that is not trained.

    Attributes:
        model_id: Name of its file.
        threshold: None: nobody calibrated it here.
    """

    threshold: float | None = None
    calibration = None

    def __init__(self, path: Path) -> None:
        """Open an ONNX file."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        self._session = onnxruntime.InferenceSession(str(path), options)
        (given,) = self._session.get_inputs()
        self._name, (_, self._height, self._width, _) = given.name, given.shape
        self.model_id = path.stem
        self.dimension = int(self._session.get_outputs()[0].shape[-1])

    def encode(self, crops: Sequence[Image]) -> FloatArray:
        """(N, D) float32 of unit norm, the mean over a picture and its mirror image."""
        rows = [self._one(crop) + self._one(crop[:, ::-1]) for crop in crops]
        return to_unit_rows(np.array(rows, np.float32)).astype(np.float32)

    def _one(self, crop: Image) -> FloatArray:
        picture = cv2.resize(np.ascontiguousarray(crop), (self._width, self._height)).astype(np.float32)
        (answer,) = self._session.run(None, {self._name: picture[None]})
        return np.asarray(to_unit_rows(answer)[0], np.float64)


class Strangers:
    """People without names: blurred for the encoder, sharp for the teacher; the same every time."""

    def __init__(self, crops: Sequence[LabelledCrop], teacher: Teacher, transform: CropTransform) -> None:
        """Ask the teacher once."""
        self._crops, self._transform = crops, transform
        self._told = torch.from_numpy(teacher.encode([_inside(crop) for crop in crops]))

    def beside(self, indices: IntArray) -> tuple[Tensor, Tensor]:
        """Pictures (N, 3, H, W) for the encoder, and what the teacher makes of them (N, D).

        Args:
            indices: Which images make the batch; they decide who joins it.
        """
        rng = np.random.default_rng([77, *indices.tolist()])
        chosen = rng.choice(len(self._crops), STRANGERS, replace=False)
        pictures = [self._transform(finished(self._crops[one], rng), rng) for one in chosen]
        return torch.stack(pictures), self._told[torch.from_numpy(chosen)]


class Taught(nn.Module):
    """The losses of a batch, and how far its distances are from the teacher's."""

    def __init__(self, own: BatchObjective, told: FloatArray, strangers: Strangers, weight: float) -> None:
        """Add the teacher to losses; `told` is (N, D) for the N images of the data set."""
        super().__init__()
        self.own, self._strangers, self._weight = own, strangers, weight
        self._told = torch.from_numpy(told)

    def forward(self, network: nn.Module, batch: Batch) -> Costs:
        """Embed batch and strangers together, and compare all distances."""
        pictures, others = self._strangers.beside(batch.indices)
        everybody = torch.cat([batch.images, pictures]).contiguous(memory_format=torch.channels_last)
        output, named = network(everybody), len(batch.images)
        value = self.own.losses(_first(output, named), batch.identities)
        told = torch.cat([self._told[torch.from_numpy(batch.indices)], others])
        stress = STRESS * relational(output.features.float(), told)
        parts = (*((part.name, part.value) for part in value.parts), ("teacher", stress))
        return Costs(value.total + self._weight * stress, parts, output.embedding[:named])


def relational(features: Tensor, told: Tensor) -> Tensor:
    """How far the distances between features (N, D) are from those between what the teacher says (N, E).

    Both are of unit rows and relative to their mean, so that only their proportions count; smooth L1.
    """
    apart = ~torch.eye(len(features), dtype=torch.bool)
    own, theirs = (torch.cdist(rows, rows)[apart] for rows in (functional.normalize(features), told))
    return functional.smooth_l1_loss(own / own.mean(), theirs / theirs.mean())


def _first(output: ReidOutput, count: int) -> ReidOutput:
    return ReidOutput(*(None if part is None else part[:count] for part in output))


def _inside(crop: LabelledCrop) -> Image:
    left, top, right, bottom = crop.box.round().astype(int).clip(0)
    return crop.image[top:bottom, left:right]


@dataclass(frozen=True, slots=True)
class School:
    """What all trainings share.

    Attributes:
        bench: Pictures, recipe, measures.
        teacher: Who is asked.
        data: Folder above the labelled pictures.
        epochs: Passes of the stage with the teacher.
        riders: Simulated riders of that stage.
    """

    bench: Bench
    teacher: Teacher
    data: Path
    epochs: int
    riders: int

    def stage(self, name: str) -> StageSettings:
        """The recipe's last stage, without photographs."""
        last = self.bench.recipe.stages[-1]
        training = last.training.model_copy(update={"epochs": self.epochs})
        changed = {"name": name, "real_riders": False, "simulated_riders": self.riders}
        return last.model_copy(update={**changed, "training": training})

    def result(self, weight: float) -> IngredientResult:
        """Train with a weight of the teacher, 0 for without, and ask all photographed riders."""
        bench, name = self.bench, f"teacher's weight {weight:g}"
        encoder = opened(load_trained(self._trained(weight)))
        choice = bench.choose(encoder)
        found = bench.measure(encoder, np.arange(len(bench.photographs.identities)), choice.threshold)
        say(f"{name}: best F1 {found.best.f1:.3f}, τ {choice.threshold:.2f}")
        return IngredientResult(
            name, 0, found.rank1, found.mean_average_precision, found.pairs.f1, choice.links
        )

    def _trained(self, weight: float) -> Path:
        """Weights of the two stages, the second with the teacher."""
        bench, recipe = self.bench, self.bench.recipe
        riders = Riders(bench.simulated, None)
        first = [stage for stage in recipe.stages if not stage.real_riders]
        initial = train_stages(recipe, first, riders, bench.out / "stages", say)
        stage = self.stage(f"taught-{weight:g}-{self.epochs}")
        taught = partial(self._taught, riders.of(stage), weight) if weight else (lambda own: own)
        return train_stages(recipe, [stage], riders, bench.out, say, initial, taught)

    def _taught(self, dataset: ReidDataset, weight: float, own: Objective) -> Objective:
        assert isinstance(own, BatchObjective), "recipes learn from labelled batches"
        told = self.teacher.encode([read_picture(crop.path) for crop in dataset.crops])
        transform = CropTransform(self.bench.recipe.transforms, training=True)
        return Taught(own, told, Strangers(self.people(), self.teacher, transform), weight)

    def people(self) -> list[LabelledCrop]:
        """Cut out of the labelled pictures of the rider classifier, less those of two cameras."""
        folders = [folder.boxes for folder in load_description().labelled]
        real = [folder for folder in folders if "carla" not in str(folder.folder)]
        return [crop for one in real for crop in labelled_crops(read_folder(one, self.data), PEOPLE)]


def main() -> None:
    """Ask the teacher itself, train, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for pictures, trainings and results")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--weight", type=float, action="append", default=[], help="0: without the teacher")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--riders", type=int, default=250)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    bench, teacher = Bench(given.out, given.data / "reid", "reduced"), Teacher(given.teacher)
    everybody = np.arange(len(bench.photographs.identities))
    groups = {"all": everybody} | {f"fold {one}": asked_in(bench, one) for one in range(1, FOLDS + 1)}
    for name, riders in groups.items():
        alone = bench.measure(teacher, riders, 1.0)
        ranks = f"rank-1 {alone.rank1:.3f}, mAP {alone.mean_average_precision:.3f}"
        say(f"teacher, {name}: {ranks}, best F1 {alone.best.f1:.3f}")
    school = School(bench, teacher, given.data, given.epochs, given.riders)
    for weight in given.weight:
        file = given.out / "results" / "distillation" / f"{weight:g}-{given.epochs}.json"
        say(str(kept(file, IngredientResult, partial(school.result, weight))))


if __name__ == "__main__":
    main()
