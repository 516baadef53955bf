"""How long a step of the detector's training takes, and what four choices save of it.

    python -m benchmarks.training_step [--turns 6] [--threads 1]

One choice after the other is added: depthwise convolutions that skip cells learn in 32 bits, the C library
keeps large blocks instead of handing them back after each step, blocks that do not learn are given one
picture after another, and one pass over the weights changes them. Each way is a process of its own, because
the C library reads its settings when it starts; they take turns. Pictures and answers are random: what they
show costs no time.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from workshop.detector.learning.arithmetic import FullConvolution, computes_in_bf16
from workshop.detector.learning.losses import TargetBatch, cost
from workshop.detector.learning.network import STRIDE, CyclistNetwork
from workshop.detector.train import packaged_weights

KEPT = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "8589934592",
    "MALLOC_TOP_PAD_": "268435456",
}
"""As `workshop/retrain.mk` has them."""
WAYS = (
    "as torch has it",
    "+ some convolutions in 32 bits",
    "+ memory kept",
    "+ one picture after another",
    "+ weights in one pass",
)
"""Each with all before it; the last is how the detector learns."""
_WIDE, _MEMORY, _APART, _FUSED = range(1, len(WAYS))
_PICTURES, _HEIGHT, _WIDTH = 16, 256, 384
_WARM, _STEPS = 2, 5


def main() -> None:
    """Measure, or be one of those that are measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--one", type=int, choices=range(len(WAYS)), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        print(min(steps(asked.one, asked.threads)))
        return
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(asked.turns):
        for way, name in enumerate(WAYS):
            taken[name].append(_in_its_own_process(way, asked.threads))
    print(f"{_processor()}, {asked.threads} threads, {'bf16' if computes_in_bf16() else 'fp32'}")
    first = float(np.median(next(iter(taken.values()))))
    for name, seconds in taken.items():
        middle = float(np.median(seconds))
        print(
            f"{name}: {middle:.3f} s a step ({min(seconds):.3f} to {max(seconds):.3f}), {middle / first:.2f}"
        )


class _Together(CyclistNetwork):
    """Blocks that do not learn are given all pictures at once."""

    def _frozen_blocks(self, images: Tensor) -> list[Tensor]:
        return self._through(range(self._frozen), images)


def steps(way: int, threads: int) -> Iterator[float]:
    """Seconds of some steps.

    Args:
        way: Number in `WAYS`; memory is the business of the process.
        threads: Of the processor.
    """
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network = CyclistNetwork() if way >= _APART else _Together()
    network.load_backbone(packaged_weights())
    if way < _WIDE:
        for module in network.modules():
            if isinstance(module, FullConvolution):
                module.__class__ = nn.Conv2d
    network.to(memory_format=torch.channels_last).train()
    known, fresh = network.trained_parameters()
    optimizer = torch.optim.AdamW([*known, *fresh], lr=1e-3, fused=way >= _FUSED)
    images = torch.rand(_PICTURES, 3, _HEIGHT, _WIDTH).to(memory_format=torch.channels_last)
    for number in range(_WARM + _STEPS):
        begun = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=computes_in_bf16()):
            logits, edges = network(images)
        optimizer.zero_grad(set_to_none=True)
        cost(logits, edges, _wanted(), 3.0).total.backward()
        optimizer.step()
        if number >= _WARM:
            yield time.perf_counter() - begun


def _wanted() -> TargetBatch:
    """Answers of pictures with a rider in every hundredth cell."""
    cells = _PICTURES, _HEIGHT // STRIDE, _WIDTH // STRIDE
    heat = torch.rand(_PICTURES, 2, *cells[1:])
    heat[heat > 0.99] = 1.0
    learning = (torch.rand(cells) > 0.99).float()
    return TargetBatch(heat, torch.ones_like(heat), torch.rand(_PICTURES, 4, *cells[1:]) * 40, learning)


def _in_its_own_process(way: int, threads: int) -> float:
    environment = {name: value for name, value in os.environ.items() if name not in KEPT}
    settings = KEPT if way >= _MEMORY else {}
    command = [sys.executable, "-m", "benchmarks.training_step", "--one", str(way), "--threads", str(threads)]
    said = subprocess.run(
        command,
        env=environment | settings | {"OMP_NUM_THREADS": str(threads)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(said.stdout)


def _processor() -> str:
    named = Path("/proc/cpuinfo")
    lines = named.read_text().splitlines() if named.is_file() else []
    return next(
        (line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine()
    )


if __name__ == "__main__":
    main()
