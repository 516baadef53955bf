"""How good the recipe of the shipped encoder is, and what each of its ingredients brings.

Everything that is done stays in OUT, so that an interrupted run goes on. DATA is the folder that holds the
photographed riders, ``motorcycles_2cam``.

    python -m benchmarks.encoder_quality OUT --data DATA --folds      # 5-fold cross-validation by rider
    python -m benchmarks.encoder_quality OUT --data DATA --ingredients --seeds 2
    python -m benchmarks.encoder_quality OUT --data DATA --encoder cyclist_encoder.onnx
    python -m benchmarks.encoder_quality OUT --write docs/understand/encoder.md --card A.json --again B.json
"""

import argparse
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.encoder_card import add_to_card
from benchmarks.encoder_ingredients import INGREDIENTS
from benchmarks.encoder_tables import (
    FoldResult,
    IngredientResult,
    ScenarioResult,
    keep,
    kept,
    read_results,
    write_page,
)
from reid.datasets import ReidDataset, read_two_cameras
from reid.encoders import Encoder, EncoderSettings, build_encoder
from reid.encoders.card import ModelCard
from reid.export.encoder import LaboratoryEncoder
from reid.models import build_model
from reid.training.trained import LoadedModel, TrainedModel, load_trained
from workshop.encoder.calibration import (
    Choice,
    RenderedWorld,
    choose_threshold,
    embed_photographs,
    links_by_scenario,
    render,
)
from workshop.encoder.measures import (
    PhotographQuality,
    measure_photographs,
    milliseconds_per_crop,
)
from workshop.encoder.recipe import EncoderRecipe, Scale, load_recipe
from workshop.encoder.stages import Riders, train_stages
from workshop.encoder.train import photographs_in
from workshop.encoder.training_set import real_riders, sharp_only, simulated_riders
from workshop.encoder.worlds import Purpose, WorldSettings

FOLDS = 5
CALIBRATING = 30
"""Photographed riders who neither teach nor are asked in a fold: the shipped encoder does not teach so many
either, for its curve of probabilities."""


@dataclass(frozen=True)
class Bench:
    """What all measurements share.

    Attributes:
        out: Folder of everything that is done.
        data: Folder of the photographs.
        scale: Recipe.
    """

    out: Path
    data: Path
    scale: Scale

    @cached_property
    def recipe(self) -> EncoderRecipe:
        """The recipe that is measured."""
        return load_recipe(self.scale)

    @cached_property
    def simulated(self) -> ReidDataset:
        """Simulated riders to learn from."""
        return simulated_riders(self.out / "pictures", self.recipe.worlds, say)

    @cached_property
    def real(self) -> ReidDataset:
        """All photographed riders, blurred and sharp."""
        return real_riders(self.out / "pictures", photographs_in(self.data), self.recipe.real.kind)

    @cached_property
    def photographs(self) -> ReidDataset:
        """All photographed riders as they were photographed."""
        return read_two_cameras(photographs_in(self.data), self.recipe.real.kind)

    @cached_property
    def calibration(self) -> list[RenderedWorld]:
        """Simulated riders on whom thresholds are chosen."""
        return self.rendered(self.recipe.calibration_worlds, "calibration")

    def rendered(self, settings: WorldSettings, purpose: Purpose) -> list[RenderedWorld]:
        """Simulated riders who do not teach."""
        return render(settings, purpose, say)

    def choose(self, encoder: Encoder) -> Choice:
        """The threshold, from simulated streets."""
        return choose_threshold([world.embedded(encoder) for world in self.calibration])

    def measure(self, encoder: Encoder, riders: np.ndarray, threshold: float) -> PhotographQuality:
        """What an encoder does with photographed riders."""
        return measure_photographs(embed_photographs(encoder, self._photographed(riders)), threshold)

    def teaching(self, riders: np.ndarray) -> ReidDataset:
        """Pictures to learn from of photographed riders, by their places in ascending order."""
        names = np.array(self.real.identities)
        return self.real.with_identities(names[riders].tolist())

    def _photographed(self, riders: np.ndarray) -> ReidDataset:
        names = np.array(self.photographs.identities)
        return self.photographs.with_identities(names[riders].tolist())


def asked_in(bench: Bench, number: int) -> np.ndarray:
    """Places of the photographed riders of a fold, in ascending order."""
    places = np.random.default_rng(0).permutation(len(bench.photographs.identities))
    return np.sort(places[number - 1 :: FOLDS])


def fold(bench: Bench, number: int) -> FoldResult:
    """Train without a fifth of the photographed riders and measure on the fifth.

    The stages without photographs are the same for all folds and trained once.
    """
    asked = asked_in(bench, number)
    others = np.setdiff1d(np.arange(len(bench.photographs.identities)), asked)
    spared = np.random.default_rng(number).choice(others, CALIBRATING, replace=False)
    recipe = bench.recipe
    first = [stage for stage in recipe.stages if not stage.real_riders]
    last = [stage for stage in recipe.stages if stage.real_riders]
    initial = train_stages(recipe, first, Riders(bench.simulated, None), bench.out / "stages", say)
    riders = Riders(bench.simulated, bench.teaching(np.setdiff1d(others, spared)))
    weights = train_stages(recipe, last, riders, bench.out / f"fold-{number}", say, initial)
    encoder = opened(load_trained(weights))
    choice = bench.choose(encoder)
    found = bench.measure(encoder, asked, choice.threshold)
    return FoldResult(
        fold=number,
        riders=found.riders,
        taught=len(others) - CALIBRATING,
        threshold=choice.threshold,
        rank1=found.rank1,
        mean_average_precision=found.mean_average_precision,
        f1=found.pairs.f1,
        best_f1=found.best.f1,
        links=choice.links,
    )


def ingredient(bench: Bench, name: str, seed: int) -> IngredientResult:
    """Train a recipe with something left out and measure it."""
    left = INGREDIENTS[name]
    recipe = left.recipe(bench.recipe).with_seed(seed)
    part = recipe.real
    simulated = bench.simulated if left.simulated else None
    real = bench.teaching(np.arange(*part.train)) if left.real else None
    if left.sharp:
        simulated, real = (None if one is None else sharp_only(one) for one in (simulated, real))
    place = bench.out / f"ingredient-{list(INGREDIENTS).index(name)}-{seed}"
    if left.trained:
        trained = load_trained(train_stages(recipe, recipe.stages, Riders(simulated, real), place, say))
    else:
        trained = as_it_begins(recipe)
    encoder = opened(trained)
    choice = bench.choose(encoder)
    found = bench.measure(encoder, np.arange(*part.test), choice.threshold)
    return IngredientResult(
        name=name,
        seed=seed,
        rank1=found.rank1,
        mean_average_precision=found.mean_average_precision,
        f1=found.pairs.f1,
        links=choice.links,
    )


def opened(trained: LoadedModel) -> LaboratoryEncoder:
    """A trained network, its numbers in the order that a processor likes."""
    trained.network.to(memory_format=torch.channels_last)
    return LaboratoryEncoder(trained)


def as_it_begins(recipe: EncoderRecipe) -> LoadedModel:
    """The network of a recipe before any training."""
    model = recipe.description(recipe.stages[0], Path(), None).model
    about = TrainedModel(
        model=model, transforms=recipe.transforms, data="nothing", identities=0, images=0, seed=0
    )
    return LoadedModel(build_model(model).eval(), about)


def scenarios(bench: Bench, weights: Path) -> list[ScenarioResult]:
    """Links of simulated riders with a finished encoder and the threshold of its card."""
    encoder = build_encoder(EncoderSettings(name=str(weights)))
    threshold = encoder.threshold or 0.0
    worlds = [world.embedded(encoder) for world in bench.rendered(bench.recipe.test_worlds, "test")]
    found = links_by_scenario(worlds, threshold)
    wall, processor = milliseconds_per_crop(encoder)
    say(f"{encoder.model_id}: {wall:.1f} ms a crop by the clock, {processor:.1f} ms of processor time")
    part = bench.measure(encoder, np.arange(*bench.recipe.real.test), threshold)
    say(
        f"{part.riders} photographed riders of the last part: rank-1 {part.rank1:.3f}, mAP "
        f"{part.mean_average_precision:.3f}, F1 of pairs at {threshold:.2f} {part.pairs.f1:.3f}"
    )
    return [ScenarioResult(name, one.truth, one.precision, one.recall, one.f1) for name, one in found.items()]


def say(text: str) -> None:
    """Print progress."""
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder for pictures, trainings and results")
    parser.add_argument("--data", type=Path, help="folder that holds motorcycles_2cam")
    parser.add_argument("--scale", choices=("reduced", "full"), default="full", help="recipe")
    parser.add_argument("--folds", type=int, nargs="*", help="these folds; all if none is named")
    parser.add_argument("--ingredients", action="store_true", help="leave things out")
    parser.add_argument("--seeds", type=int, default=2, help="trainings of every ingredient")
    parser.add_argument("--encoder", type=Path, help="finished encoder, measured on held-back worlds")
    parser.add_argument("--threads", type=int, default=2, help="processor threads of the trainings")
    parser.add_argument("--write", type=Path, help="Markdown page whose tables are renewed")
    parser.add_argument("--card", type=Path, help="card that is told of other trainings: the folds,")
    parser.add_argument(
        "--again",
        type=Path,
        nargs="*",
        default=[],
        help="and these cards of the same recipe with other seeds",
    )
    return parser.parse_args()


def main() -> None:
    """Train, measure, write."""
    given = arguments()
    torch.set_num_threads(given.threads)
    results = given.out / "results"
    if given.data is not None:
        bench = Bench(given.out, given.data, given.scale)
        folds = () if given.folds is None else given.folds or range(1, FOLDS + 1)
        for number in folds:
            file = results / "folds" / f"{number}.json"
            say(str(kept(file, FoldResult, partial(fold, bench, number))))
        for place, name in enumerate(INGREDIENTS if given.ingredients else ()):
            for seed in range(given.seeds):
                file = results / "ingredients" / f"{place}-{seed}.json"
                make = partial(ingredient, bench, name, seed)
                say(str(kept(file, IngredientResult, make)))
        for place, one in enumerate(scenarios(bench, given.encoder) if given.encoder else ()):
            keep(results / "scenarios" / f"{place:02d}.json", one)
    if given.write is not None:
        write_page(given.write, results)
    if given.card is not None:
        again = [ModelCard.model_validate_json(file.read_bytes()) for file in given.again]
        add_to_card(given.card, read_results(results / "folds", FoldResult), again)


if __name__ == "__main__":
    main()
