"""What networks find before they have learned anything: the floor of the smoke-scale tables.

Colours survive any convolution, so even random weights find some riders again. Run:
``python -m benchmarks.untrained_networks``.
"""

from pathlib import Path
from typing import Any

import torch

from reid.batches.transforms import TransformSettings
from reid.experiments import EvaluationSettings, Measure, packaged_weights
from reid.experiments.evaluation import Subject, measure
from reid.models import build_model, model_settings
from reid.training.trained import LoadedModel, TrainedModel
from workshop.laboratory.smoke_data import smoke_data

SIZE = (64, 32)


def networks() -> dict[str, tuple[str, dict[str, Any]]]:
    """Networks of the tables: name and options."""
    start = packaged_weights()["mobilenet_v2"]
    imagenet = {"backbone": "mobilenet_v2", "weights": start.path, "weights_layout": start.layout}
    return {
        "BoT, ResNet-50": ("bot", {"backbone": "resnet50"}),
        "BoT, MobileNetV2 from ImageNet": ("bot", imagenet),
        "TriNet, ResNet-50": ("trinet", {"backbone": "resnet50"}),
        "TriNet, MobileNetV2 from ImageNet": ("trinet", imagenet),
        "MILDNet with batch normalisation": ("mildnet", {"batch_norm": True}),
        "OSNet ×0.25": ("osnet", {"width": 0.25}),
    }


def floor(name: str, options: dict[str, Any], data: Path) -> tuple[float, float]:
    """Rank-1 and mAP of an untrained network."""
    torch.manual_seed(0)
    settings = model_settings(name, **options)
    about = TrainedModel(
        model=settings, transforms=TransformSettings(size=SIZE), data="", identities=0, images=0, seed=0
    )
    model = LoadedModel(build_model(settings).eval(), about)
    values = measure(Subject(model, data, EvaluationSettings(), frozenset()))
    return values[Measure.RANK1], values[Measure.MEAN_AVERAGE_PRECISION]


def main() -> None:
    torch.set_num_threads(1)
    data = smoke_data("city")
    for title, (name, options) in networks().items():
        rank1, mean_average_precision = floor(name, options, data)
        print(f"{title}: R1 {rank1:.1%}, mAP {mean_average_precision:.1%}", flush=True)


if __name__ == "__main__":
    main()
