"""All steps from a recipe to an encoder file with its card."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reid.datasets import ReidDataset, read_two_cameras
from reid.encoders import Encoder, EncoderSettings, build_encoder
from reid.export import export_network, exported_before
from reid.retrieval import EmbeddingSet
from reid.training.trained import load_trained
from tracking.match_curve import LogisticCurve
from tracking.model_card import card_path
from workshop.encoder.calibration import (
    choose_threshold,
    embed_photographs,
    match_curve,
    render,
)
from workshop.encoder.card import write_encoder_card
from workshop.encoder.measures import EncoderQuality, measure_encoder
from workshop.encoder.recipe import EncoderRecipe, Scale, load_recipe
from workshop.encoder.stages import Riders, train_stages
from workshop.encoder.training_set import real_riders, simulated_riders

NAME = "cyclist_encoder"
PHOTOGRAPHS = "motorcycles_2cam"
PICTURES, STAGES = "pictures", "stages"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class EncoderTraining:
    """A training of the shipped encoder.

    Attributes:
        output: Folder for everything.
        data: Folder of photographs, or one that holds ``motorcycles_2cam``; None for none.
        scale: Which recipe.
        seed: Of the training; that of the recipe where None.
        say: Told in words how far it is.
    """

    output: Path
    data: Path | None
    scale: Scale
    seed: int | None
    say: Say

    def run(self) -> Path:
        """Do what is not done yet; the answer is the ``.onnx`` file."""
        recipe = load_recipe(self.scale)
        if self.seed is not None:
            recipe = recipe.with_seed(self.seed)
        weights = train_stages(recipe, recipe.stages, self.riders(recipe), self.output / STAGES, self.say)
        trained = load_trained(weights)
        size, path = recipe.transforms.size, self.output / f"{NAME}.onnx"
        exported = exported_before(trained.network, size, path) or export_network(trained.network, size, path)
        card_path(exported.path).unlink(missing_ok=True)  # of an earlier training
        # What is measured is the very file, and ONNX Runtime is faster than PyTorch.
        encoder = build_encoder(
            EncoderSettings(name=str(exported.path), mean=recipe.transforms.mean, std=recipe.transforms.std)
        )
        threshold, curve = self.calibrate(recipe, encoder)
        quality = self.measure(recipe, encoder, threshold)
        write_encoder_card(exported, recipe, threshold, curve, quality, self._command())
        return exported.path

    def riders(self, recipe: EncoderRecipe) -> Riders:
        """Those to learn from; pictures are made where they are missing."""
        pictures = self.output / PICTURES
        simulated = simulated_riders(pictures, recipe.worlds, self.say)
        if self.data is None:
            return Riders(simulated, None)
        real = real_riders(pictures, photographs_in(self.data), recipe.real.kind)
        return Riders(simulated, real.with_identities(real.identities[slice(*recipe.real.train)]))

    def calibrate(self, recipe: EncoderRecipe, encoder: Encoder) -> tuple[float, LogisticCurve]:
        """Threshold and curve, from riders who took no part in the training."""
        worlds = [
            world.embedded(encoder) for world in render(recipe.calibration_worlds, "calibration", self.say)
        ]
        photographs = self._embed(recipe, encoder, recipe.real.calibration)
        choice = choose_threshold(worlds)
        self.say(f"threshold {choice.threshold:.2f}: links of simulated riders F1 {choice.links:.3f}")
        return choice.threshold, match_curve(worlds, photographs, choice.threshold)

    def measure(self, recipe: EncoderRecipe, encoder: Encoder, threshold: float) -> EncoderQuality:
        """Quality at a threshold, on riders who neither taught nor calibrated."""
        worlds = [world.embedded(encoder) for world in render(recipe.test_worlds, "test", self.say)]
        return measure_encoder(worlds, self._embed(recipe, encoder, recipe.real.test), threshold)

    def _embed(self, recipe: EncoderRecipe, encoder: Encoder, part: tuple[int, int]) -> EmbeddingSet | None:
        if self.data is None:
            return None
        return embed_photographs(encoder, riders_of(self.data, recipe.real.kind, part))

    def _command(self) -> str:
        data = "" if self.data is None else " --data DIR"
        seed = "" if self.seed is None else f" --seed {self.seed}"
        return f"pipeline models train {NAME}{data} --scale {self.scale}{seed}"


def photographs_in(data: Path) -> Path:
    """The folder of photographs: the one given, or the one of the usual name in it."""
    return data / PHOTOGRAPHS if (data / PHOTOGRAPHS).is_dir() else data


def riders_of(data: Path, kind: str, part: tuple[int, int]) -> ReidDataset:
    """Some of the photographed riders, in ascending order of their numbers."""
    photographs = read_two_cameras(photographs_in(data), kind)
    return photographs.with_identities(photographs.identities[slice(*part)])
