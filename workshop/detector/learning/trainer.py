"""The training loop of the detector."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from tracking.errors import DeviceError, FietsflowError
from workshop.detector.learning.arithmetic import takes_bf16
from workshop.detector.learning.batches import Batches
from workshop.detector.learning.checkpoint import Checkpoint
from workshop.detector.learning.losses import Costs, TargetBatch, cost
from workshop.detector.learning.network import CyclistNetwork
from workshop.detector.learning.settings import OptimisationSettings

_LAST_RATE = 0.01
"""Rate of the last step, relative to the highest."""


class TrainingError(FietsflowError):
    """A training that cannot go on; the folder holds its last good state."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is.

    Attributes:
        step: Steps done.
        steps: Steps in all.
        score_cost: Cost of the scores in this step.
        box_cost: Cost of the boxes in this step.
    """

    step: int
    steps: int
    score_cost: float
    box_cost: float


class Trainer:
    """Trains a detector; killed at any moment, the next `run` goes on from the last saved state.

    Args:
        network: What is trained; changed in place.
        batches: What it learns from.
        settings: How.
        folder: Where states are saved.
        material: Tells what it learns from, where the settings do not; a state of other material is
            refused.

    Raises:
        DeviceError: CUDA was asked for and is not there.
    """

    def __init__(
        self,
        network: CyclistNetwork,
        batches: Batches,
        settings: OptimisationSettings,
        folder: Path,
        material: str = "",
    ) -> None:
        if settings.device == "cuda" and not torch.cuda.is_available():
            raise DeviceError(
                "optimisation.device: cuda was asked for, but PyTorch finds no CUDA device; set device cpu"
            )
        if settings.threads:
            torch.set_num_threads(settings.threads)
        self._network: CyclistNetwork = network.to(settings.device, memory_format=torch.channels_last)
        self._batches, self._settings = batches, settings
        self._half = takes_bf16(settings.precision, settings.device)
        known, fresh = network.trained_parameters()
        self._optimizer = torch.optim.AdamW(
            [{"params": known, "share": settings.backbone_rate}, {"params": fresh, "share": 1.0}],
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        self._average = {name: value.clone() for name, value in network.state_dict().items()}
        self._checkpoint = Checkpoint(
            folder, settings.model_dump_json(exclude={"device", "threads"}) + material
        )

    @property
    def learning_rate(self) -> float:
        """Present rate of pyramid and head."""
        return float(self._optimizer.param_groups[-1]["lr"])

    def run(self, on_progress: Callable[[Progress], None] = lambda _: None) -> CyclistNetwork:
        """Train to the end, or go on where a killed run stopped.

        Args:
            on_progress: Called after every step.

        Returns:
            The network with the running mean of its weights.

        Raises:
            TrainingError: The loss is not finite.
            UsageError: The folder's state belongs to another training.
        """
        done = self._checkpoint.restore(self._network, self._optimizer, self._average)
        settings = self._settings
        self._network.train()
        for step, (images, targets) in enumerate(self._batches.from_step(done, settings.steps), done):
            self._set_rate(step)
            costs = self._learn(images, targets, step)
            self._update_average(step)
            if (step + 1) % settings.checkpoint_steps == 0 or step + 1 == settings.steps:
                self._checkpoint.save(self._network, self._optimizer, self._average, step + 1)
            on_progress(
                Progress(step + 1, settings.steps, float(costs.score.detach()), float(costs.box.detach()))
            )
        self._network.load_state_dict(self._average)
        return self._network

    def _learn(self, images: torch.Tensor, targets: TargetBatch, step: int) -> Costs:
        device = self._settings.device
        images = images.to(device, memory_format=torch.channels_last)
        moved = TargetBatch(
            targets.heat.to(device),
            targets.certain.to(device),
            targets.edges.to(device),
            targets.learning.to(device),
        )
        with torch.autocast(device, torch.bfloat16, enabled=self._half):
            logits, edges = self._network(images)
        costs = cost(logits, edges, moved, self._settings.box_weight)
        if not bool(torch.isfinite(costs.total)):
            raise TrainingError(
                f"the loss of step {step + 1} is not finite; lower optimisation.learning_rate"
            )
        self._optimizer.zero_grad(set_to_none=True)
        costs.total.backward()
        parameters = [p for group in self._optimizer.param_groups for p in group["params"]]
        torch.nn.utils.clip_grad_norm_(parameters, self._settings.longest_gradient)
        self._optimizer.step()
        return costs

    def _set_rate(self, step: int) -> None:
        """Linear warm-up, then half a cosine; the same again after each restart (SGDR, arXiv:1608.03983)."""
        settings = self._settings
        begin = max((restart for restart in settings.restarts if restart <= step), default=0)
        end = min((restart for restart in settings.restarts if restart > step), default=settings.steps)
        if step - begin < settings.warm_up:
            share = (step - begin + 1) / settings.warm_up
        else:
            done = (step - begin - settings.warm_up) / max(end - begin - settings.warm_up, 1)
            share = _LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * done)) / 2
        share *= settings.restart_rate if begin else 1.0
        for group in self._optimizer.param_groups:
            group["lr"] = settings.learning_rate * share * group["share"]

    def _update_average(self, step: int) -> None:
        """Move the mean towards the weights; faster at first, when the weights are worth little."""
        keep = min(self._settings.average, (1 + step) / (10 + step))
        for name, value in self._network.state_dict().items():
            mean = self._average[name]
            if value.is_floating_point():
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)
