"""The objective of a description."""

from typing import assert_never

from torch import nn

from reid.losses import build_losses
from reid.losses.clustering import ClusteringLoss
from reid.training.description import (
    BatchObjectiveSettings,
    ClusteringObjectiveSettings,
    PairObjectiveSettings,
    ReconstructionObjectiveSettings,
    SegmentationObjectiveSettings,
    TrainingDescription,
    TripletObjectiveSettings,
    VerificationObjectiveSettings,
)
from reid.training.objectives import (
    BatchObjective,
    ClusteringObjective,
    Objective,
    PairObjective,
    ReconstructionObjective,
    SegmentationObjective,
    TripletObjective,
    VerificationObjective,
)


def build_objective(description: TrainingDescription, network: nn.Module, classes: int) -> Objective:
    """Build what the network learns.

    Args:
        description: With the objective's settings.
        network: Its feature length decides the size of class centres.
        classes: Train identities.
    """
    objective: Objective
    settings = description.objective
    match settings:
        case BatchObjectiveSettings():
            objective = BatchObjective(build_losses(settings.losses, classes, network.dimension))
        case PairObjectiveSettings():
            objective = PairObjective(settings.margin)
        case VerificationObjectiveSettings():
            objective = VerificationObjective(settings.weight, settings.smoothing)
        case TripletObjectiveSettings():
            objective = TripletObjective(settings.margin, settings.lossless, settings.beta)
        case ReconstructionObjectiveSettings():
            objective = ReconstructionObjective(settings.error)
        case ClusteringObjectiveSettings():
            loss = ClusteringLoss(
                classes,
                network.dimension,
                settings.refresh_batches,
                settings.reset_epochs,
                settings.separation_margin,
            )
            objective = ClusteringObjective(loss, settings.error)
        case SegmentationObjectiveSettings():
            objective = SegmentationObjective(settings.person_weight, settings.background_weight)
        case _:
            assert_never(settings)
    return objective
