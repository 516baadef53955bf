"""The steps of the training; interrupted, it goes on where it stopped."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tracking.errors import UsageError
from workshop.classifier.batches import CropBatches
from workshop.classifier.crops import Shown
from workshop.classifier.description import LearningSettings
from workshop.classifier.network import ClassifierNetwork
from workshop.detector.learning.checkpoint import read_state, write_state
from workshop.detector.learning.trainer import TrainingError

SAVE_EVERY = 100


class ClassifierTrainer:
    """Learns from batches.

    Args:
        network: New.
        batches: Of crops.
        settings: Rates, steps and the seed.
        folder: Where the state is kept.
        material: Digest of what it learns from: a state of other material is refused.
    """

    def __init__(
        self,
        network: ClassifierNetwork,
        batches: CropBatches,
        settings: LearningSettings,
        folder: Path,
        material: str,
    ) -> None:
        self._network = network.to(memory_format=torch.channels_last)
        self._average = copy.deepcopy(network)
        self._batches, self._settings, self._file = batches, settings, folder / f"state-{settings.seed}.pt"
        self._about = f"{material}|{settings.model_dump_json()}"
        backbone, answer = network.trained_parameters()
        rates = [settings.learning_rate * settings.backbone_rate, settings.learning_rate]
        self._optimizer = torch.optim.AdamW(
            [{"params": backbone, "lr": rates[0]}, {"params": answer, "lr": rates[1]}],
            weight_decay=settings.weight_decay,
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, rates, total_steps=settings.steps + 1, pct_start=0.1
        )

    def run(self, on_progress: Callable[[int, float], None] = lambda step, cost: None) -> ClassifierNetwork:
        """Learn to the end; the mean of the weights over the last steps is what counts.

        Raises:
            UsageError: The folder holds the state of another training.
            TrainingError: The training diverged.
        """
        for step in range(self._resumed(), self._settings.steps):
            cost = self._step(step)
            on_progress(step + 1, cost)
            if (step + 1) % SAVE_EVERY == 0 or step + 1 == self._settings.steps:
                self._save(step + 1)
        return self._average

    def _step(self, number: int) -> float:
        pictures, shown = self._batches.batch(number)
        self._network.train()
        # Dropout of a step does not depend on where the training was interrupted.
        torch.manual_seed(self._settings.seed * 1_000_003 + number)
        images = torch.from_numpy(pictures).contiguous(memory_format=torch.channels_last)
        cost = cost_of(self._network(images), torch.from_numpy(shown), self._settings.smoothing)
        if not torch.isfinite(cost):
            raise TrainingError(f"step {number + 1}: the cost is {cost.item()}; lower the learning rate")
        self._optimizer.zero_grad()
        cost.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), self._settings.longest_gradient)
        self._optimizer.step()
        self._schedule.step()
        # Early weights are soon forgotten.
        kept = min(self._settings.average, (number + 1) / (number + 10))
        with torch.no_grad():
            for mean, new in zip(self._average.parameters(), self._network.parameters(), strict=True):
                mean.lerp_(new, 1 - kept)
        return float(cost.detach())

    def _parts(self) -> dict[str, Any]:
        return {
            "network": self._network,
            "average": self._average,
            "optimizer": self._optimizer,
            "schedule": self._schedule,
        }

    def _save(self, step: int) -> None:
        state = {name: part.state_dict() for name, part in self._parts().items()}
        write_state({"about": self._about, "step": step, **state}, self._file)

    def _resumed(self) -> int:
        if not self._file.is_file():
            return 0
        state = read_state(self._file)
        if state["about"] != self._about:
            raise UsageError(
                f"{self._file.parent}: holds the state of another training; choose another folder"
            )
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        return int(state["step"])


def cost_of(answers: Tensor, shown: Tensor, smoothing: float) -> Tensor:
    """Mean cross-entropy; of what is no cyclist, whatever it is, minus the log of all other kinds together.

    Args:
        answers: (N, 4).
        shown: (N,) of `Shown`.
        smoothing: Share of the cost that asks for no certainty.
    """
    logs = functional.log_softmax(answers, dim=1)
    named = -logs.gather(1, shown.clamp(min=0)[:, None])[:, 0]
    unnamed = -torch.logsumexp(logs[:, 1:], dim=1)
    cost = torch.where(shown == int(Shown.NO_CYCLIST), unnamed, named)
    return ((1 - smoothing) * cost - smoothing * logs.mean(dim=1)).mean()
