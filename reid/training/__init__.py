"""Trains networks: schedules, one loop for every objective, checkpoints, mining. Needs PyTorch."""

from reid.training.batches import Batch, BatchSource, CropBatches, label_arrays, read_crop
from reid.training.checkpoint import CheckpointFolder, Position, write_tensors
from reid.training.collapse import CollapseDetector, EmbeddingHealth, effective_rank
from reid.training.objectives import Costs, Objective
from reid.training.schedules import ScheduleSettings, learning_rate
from reid.training.settings import OptimizerSettings, TrainingSettings
from reid.training.trainer import Progress, Trainer, TrainingError

__all__ = [
    "Batch",
    "BatchSource",
    "CheckpointFolder",
    "CollapseDetector",
    "Costs",
    "CropBatches",
    "EmbeddingHealth",
    "Objective",
    "OptimizerSettings",
    "Position",
    "Progress",
    "ScheduleSettings",
    "Trainer",
    "TrainingError",
    "TrainingSettings",
    "effective_rank",
    "label_arrays",
    "learning_rate",
    "read_crop",
    "write_tensors",
]
