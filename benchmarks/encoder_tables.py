"""What was measured of the encoder, as tables in a Markdown page."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.marked_page import mean_of, renew, table


@dataclass(frozen=True, slots=True)
class FoldResult:
    """A training without a fifth of the photographed riders.

    Attributes:
        fold: Number from 1.
        riders: Riders of the fifth.
        taught: Photographed riders who were learnt from.
        threshold: Distance τ, chosen on simulated riders.
        rank1: Of the fifth, camera 1 against camera 2.
        mean_average_precision: mAP.
        f1: F1 of loose pairs at τ.
        best_f1: F1 at the threshold that would have been best for the fifth.
        links: Mean F1 of links over the scenarios, on the worlds that chose τ.
    """

    fold: int
    riders: int
    taught: int
    threshold: float
    rank1: float
    mean_average_precision: float
    f1: float
    best_f1: float
    links: float


@dataclass(frozen=True, slots=True)
class IngredientResult:
    """A training with something left out.

    Attributes:
        name: What is in it.
        seed: Of the training.
        rank1: Of the photographed riders of the last part.
        mean_average_precision: mAP.
        f1: F1 of their pairs at τ, chosen on simulated riders.
        links: Mean F1 of links over the scenarios.
    """

    name: str
    seed: int
    rank1: float
    mean_average_precision: float
    f1: float
    links: float


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """Links of simulated riders with the finished encoder.

    Attributes:
        scenario: Its name.
        links: True links.
        precision: Share of the links found that are right.
        recall: Share of the true links that were found.
        f1: Harmonic mean of both.
    """

    scenario: str
    links: int
    precision: float
    recall: float
    f1: float


Result = TypeVar("Result", FoldResult, IngredientResult, ScenarioResult)


def kept(file: Path, kind: type[Result], make: Callable[[], Result]) -> Result:
    """Read a result, or make it and keep it."""
    if file.exists():
        return kind(**json.loads(file.read_text("utf-8")))
    result = make()
    keep(file, result)
    return result


def keep(file: Path, result: FoldResult | IngredientResult | ScenarioResult) -> None:
    """Write a result."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(result), indent=2) + "\n", encoding="utf-8")


def write_page(page: Path, results: Path) -> None:
    """Renew the tables of a page, each between ``<!-- NAME -->`` and ``<!-- end -->``; the text stays.

    Args:
        page: Markdown file with places ``folds``, ``ingredients`` and ``scenarios``.
        results: Folder of what was measured.
    """
    contents = {
        "folds": _folds(read_results(results / "folds", FoldResult)),
        "ingredients": _ingredients(read_results(results / "ingredients", IngredientResult)),
        "scenarios": _scenarios(read_results(results / "scenarios", ScenarioResult)),
    }
    renew(page, contents)


def read_results(folder: Path, kind: type[Result]) -> list[Result]:
    """What was kept in a folder, in the order of the files' names."""
    return [kind(**json.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.json"))]


def _folds(results: Sequence[FoldResult]) -> str:
    columns = ("rank1", "mean_average_precision", "f1", "best_f1", "links")
    rows = [
        (
            str(one.fold),
            f"{one.taught} / {one.riders}",
            f"{one.threshold:.2f}",
            *(f"{getattr(one, name):.3f}" for name in columns),
        )
        for one in results
    ]
    if results:
        spread = tuple(mean_of([getattr(one, name) for one in results]) for name in columns)
        rows.append(("mean ± deviation", "", mean_of([one.threshold for one in results], 2), *spread))
    head = ("fold", "taught / asked", "τ", "rank-1", "mAP", "F1 at τ", "best F1", "links (mean of scenarios)")
    return table(head, rows)


def _ingredients(results: Sequence[IngredientResult]) -> str:
    columns = ("rank1", "mean_average_precision", "f1", "links")
    rows = []
    for name in dict.fromkeys(one.name for one in results):
        own = [one for one in results if one.name == name]
        values = tuple(mean_of([getattr(one, key) for one in own]) for key in columns)
        rows.append((name, ", ".join(str(one.seed) for one in own), *values))
    return table(("what teaches", "seeds", "rank-1", "mAP", "F1 at τ", "links (mean of scenarios)"), rows)


def _scenarios(results: Sequence[ScenarioResult]) -> str:
    rows = [
        (one.scenario, str(one.links), f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}")
        for one in results
    ]
    return table(("scenario", "links", "precision", "recall", "F1"), rows)
