"""The training loop."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from reid.training.batches import Batch, BatchSource
from reid.training.checkpoint import CheckpointFolder, Position
from reid.training.collapse import CollapseDetector, measure_health
from reid.training.curves import STEP_COLUMN, Curves
from reid.training.objectives import Costs, CountsEpochs, Objective
from reid.training.optimizers import build_optimizer, set_learning_rate
from reid.training.schedules import learning_rate
from reid.training.settings import TrainingSettings
from tracking.errors import DeviceError, FietsflowError

CURVES = "curves.csv"


class TrainingError(FietsflowError):
    """A training that cannot go on; the folder holds its last good state."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is.

    Attributes:
        epoch: Epoch, from 1.
        step: Batches of the epoch that are done.
        steps_per_epoch: Batches of an epoch.
        total_steps: Batches of all epochs that are done.
        loss: Mean loss since the last report.
        learning_rate: Present learning rate.
        warning: What looks wrong, in words; empty where nothing does.
    """

    epoch: int
    step: int
    steps_per_epoch: int
    total_steps: int
    loss: float
    learning_rate: float
    warning: str = ""


class Trainer:
    """Trains a network; killed at any moment, the next `run` goes on from the last saved state.

    On the CPU, with the same number of threads, an interrupted training ends with the very weights of
    an uninterrupted one.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        objective: Objective,
        source: BatchSource,
        settings: TrainingSettings,
        folder: Path,
        description: dict[str, Any] | None = None,
    ) -> None:
        """Prepare a training.

        Args:
            network: What is trained; changed in place.
            objective: What a batch costs.
            source: The batches.
            settings: How long, how fast, on what.
            folder: Where state and learning curves go; a state in it is continued.
            description: Further settings, as JSON values, that a continued training must share.

        Raises:
            DeviceError: If CUDA is asked for and not there.
        """
        if settings.device == "cuda" and not torch.cuda.is_available():
            raise DeviceError(
                "training.device: cuda was asked for, but PyTorch finds no CUDA device; set device: cpu"
            )
        if settings.threads:
            torch.set_num_threads(settings.threads)
        self._network = network.to(settings.device)
        self._objective = (
            objective.to(settings.device) if isinstance(objective, torch.nn.Module) else objective
        )
        self._source, self._settings, self._folder = source, settings, folder
        self._optimizer = build_optimizer(network, objective, settings.optimizer)
        everything: dict[str, Any] = {"training": settings.model_dump(mode="json"), **(description or {})}
        self._checkpoints = CheckpointFolder(folder, everything, source.fingerprint)

    def run(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        on_epoch: Callable[[int], None] | None = None,
    ) -> None:
        """Train to the end, or go on where a killed run stopped.

        Args:
            on_progress: Called with every row of the learning curves.
            on_epoch: Called with the number of each finished epoch, before its state is saved.

        Raises:
            TrainingError: If loss or gradient is not finite, or the embeddings collapse and the settings
                say to stop.
            UsageError: If the folder's state belongs to another training, or an image cannot be read.
        """
        module = self._module()
        torch.manual_seed(self._settings.seed)
        position = self._checkpoints.restore(module, self._optimizer)
        if position is None:
            position = Position()
            self._checkpoints.save(module, self._optimizer, position)
        recorder = _Recorder(self._folder / CURVES, position, self._settings, on_progress)
        while position.epoch <= self._settings.epochs:
            position = self._run_epoch(position, recorder, on_epoch)

    def _run_epoch(
        self, position: Position, recorder: "_Recorder", on_epoch: Callable[[int], None] | None
    ) -> Position:
        rate = learning_rate(self._settings.schedule, position.epoch, self._settings.epochs)
        set_learning_rate(self._optimizer, rate)
        self._network.train()
        every, steps = self._settings.checkpoint_steps, self._source.steps_per_epoch
        for batch in self._source.batches(position.epoch, position.step):
            costs, gradient_norm = self.learn(batch, position)
            position = replace(position, step=position.step + 1, total_steps=position.total_steps + 1)
            saves = position.step == steps or (every is not None and position.total_steps % every == 0)
            recorder.add(costs, gradient_norm, batch)
            recorder.report(
                Progress(position.epoch, position.step, steps, position.total_steps, 0.0, rate), saves
            )
            if saves and position.step < steps:
                self._checkpoints.save(self._module(), self._optimizer, position)
        if isinstance(self._objective, CountsEpochs):
            self._objective.end_epoch()
        if on_epoch:
            on_epoch(position.epoch)
        position = Position(position.epoch + 1, 0, position.total_steps)
        self._checkpoints.save(self._module(), self._optimizer, position)
        return position

    def learn(self, batch: Batch, position: Position) -> tuple[Costs, float]:
        """Learn from one batch.

        Args:
            batch: On any device.
            position: Where the training stands, for messages.

        Returns:
            What the batch cost, and the norm of the gradient before it was shortened.

        Raises:
            TrainingError: If loss or gradient is not finite; the weights have not changed then.
        """
        half, device = self._settings.precision == "bf16", self._settings.device
        with torch.autocast(device, torch.bfloat16, enabled=half):
            costs = self._objective(self._network, batch.to(device))
        if not bool(torch.isfinite(costs.total)):
            raise self._not_finite("loss", batch, position)
        self._optimizer.zero_grad(set_to_none=True)
        costs.total.backward()
        parameters = [p for group in self._optimizer.param_groups for p in group["params"]]
        limit = self._settings.clip_gradient_norm or math.inf
        norm = float(torch.nn.utils.clip_grad_norm_(parameters, limit))
        if not math.isfinite(norm):
            raise self._not_finite("gradient", batch, position)
        self._optimizer.step()
        return costs, norm

    def _not_finite(self, what: str, batch: Batch, position: Position) -> TrainingError:
        return TrainingError(
            f"the {what} is not finite in epoch {position.epoch}, batch {position.step + 1} of "
            f"{self._source.steps_per_epoch} ({self._source.describe(batch)}); the last good state is kept "
            f"in {self._folder}; lower training.schedule.learning_rate or set training.clip_gradient_norm"
        )

    def _module(self) -> torch.nn.ModuleDict:
        """Everything that has weights, for saving."""
        parts = {"network": self._network}
        if isinstance(self._objective, torch.nn.Module):
            parts["objective"] = self._objective
        return torch.nn.ModuleDict(parts)


class _Recorder:
    """Collects what is seen between two rows of the learning curves."""

    def __init__(
        self,
        path: Path,
        position: Position,
        settings: TrainingSettings,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self._curves = Curves(path, position.total_steps)
        self._detector = CollapseDetector()
        self._settings, self._on_progress = settings, on_progress
        self._reset()

    def _reset(self) -> None:
        self._rows: list[dict[str, float]] = []
        self._images, self._since = 0, time.perf_counter()
        self._last: tuple[Costs, Batch] | None = None

    def add(self, costs: Costs, gradient_norm: float, batch: Batch) -> None:
        """Take in a step."""
        terms = {name: float(value.detach()) for name, value in costs.terms}
        self._rows.append({"loss": float(costs.total.detach()), **terms, "gradient_norm": gradient_norm})
        self._images += len(batch.images)
        self._last = costs, batch

    def report(self, progress: Progress, saves: bool) -> None:
        """Write a row when one is due; always before a state is saved, so that rows never straddle one."""
        if self._last is None or not (saves or progress.total_steps % self._settings.log_steps == 0):
            return
        means = {key: math.fsum(row[key] for row in self._rows) / len(self._rows) for key in self._rows[0]}
        health, warning = self._inspect(*self._last)
        seconds = time.perf_counter() - self._since
        self._curves.append(
            {
                STEP_COLUMN: progress.total_steps,
                "epoch": progress.epoch,
                "learning_rate": progress.learning_rate,
                **means,
                **health,
                "images_per_s": self._images / seconds,
            }
        )
        self._reset()
        if self._on_progress:
            self._on_progress(replace(progress, loss=means["loss"], warning=warning))
        if warning and self._settings.on_collapse == "stop":
            raise TrainingError(f"the training has collapsed in epoch {progress.epoch}: {warning}")

    def _inspect(self, costs: Costs, batch: Batch) -> tuple[dict[str, float], str]:
        if costs.embedding is None:
            return {}, ""
        health = measure_health(costs.embedding, batch.identities)
        columns = {
            "within": health.within,
            "between": health.between,
            "embedding_norm": health.norm,
            "effective_rank": health.effective_rank,
        }
        return columns, self._detector.update(health)
