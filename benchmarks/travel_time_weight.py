"""How much a link's usual travel time should weigh in matching.

Riders of simulated cities are linked with several weights and thresholds τ; the cities that calibrate the
shipped encoder choose, others report at the threshold so chosen. Run:

    python -m benchmarks.travel_time_weight ENCODER
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.marked_page import table
from flows.matching import MatchingSettings
from reid.encoders import EncoderSettings, build_encoder
from workshop.encoder.calibration import THRESHOLDS, links_by_scenario, render
from workshop.encoder.links import EmbeddedWorld
from workshop.encoder.recipe import load_recipe

WEIGHTS = (0.0, 0.03, 0.05, 0.08, 0.12)


def f1_by_scenario(worlds: Sequence[EmbeddedWorld], weight: float, threshold: float) -> dict[str, float]:
    """F1 of the links of every scenario, its cities together."""
    settings = MatchingSettings.model_validate({"travel_time_weight": weight})
    return {name: one.f1 for name, one in links_by_scenario(worlds, threshold, settings).items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder", type=Path, help="model file")
    encoder = build_encoder(EncoderSettings(name=str(parser.parse_args().encoder)))
    recipe = load_recipe("full")
    chosen = [one.embedded(encoder) for one in render(recipe.calibration_worlds, "calibration", print)]
    others = [one.embedded(encoder) for one in render(recipe.test_worlds, "test", print)]
    rows = []
    for weight in WEIGHTS:
        means = [float(np.mean([*f1_by_scenario(chosen, weight, float(one)).values()])) for one in THRESHOLDS]
        best = int(np.argmax(means))
        told = f1_by_scenario(others, weight, float(THRESHOLDS[best]))
        mean = float(np.mean([*told.values()]))
        rows.append(
            (
                f"{weight:.2f}",
                f"{THRESHOLDS[best]:.2f}",
                f"{means[best]:.3f}",
                f"{mean:.3f}",
                f"{told['rush_hour']:.3f}",
            )
        )
    print(table(("weight", "τ", "links, choosing", "links, others", "`rush_hour`, others"), rows))


if __name__ == "__main__":
    main()
