"""How long a step of the detector's training takes, and what two choices save of it.

    python -m benchmarks.training_step [--turns 6] [--threads 1]

Depthwise convolutions that skip cells learn in 32 bits or as all others do, and the C library hands large
blocks back after each step or keeps them. Each way is a process of its own, because the C library reads its
settings when it starts; they take turns. Pictures and answers are random: what they show costs no time.
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
from torch import nn

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
WAYS = {
    "as all others, memory handed back": ("plain", {}),
    "in 32 bits, memory handed back": ("wide", {}),
    "as all others, memory kept": ("plain", KEPT),
    "in 32 bits, memory kept": ("wide", KEPT),
}
_PICTURES, _HEIGHT, _WIDTH = 16, 256, 384
_WARM, _STEPS = 2, 5


def main() -> None:
    """Measure, or be one of those that are measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--one", choices=["plain", "wide"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(min(steps(asked.one == "wide", asked.threads)))
        return
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(asked.turns):
        for name, (way, set_) in WAYS.items():
            taken[name].append(_in_its_own_process(way, asked.threads, set_))
    print(f"{_processor()}, {asked.threads} threads, {'bf16' if computes_in_bf16() else 'fp32'}")
    first = float(np.median(next(iter(taken.values()))))
    for name, seconds in taken.items():
        middle = float(np.median(seconds))
        print(
            f"{name}: {middle:.3f} s a step ({min(seconds):.3f} to {max(seconds):.3f}), {middle / first:.2f}"
        )


def steps(wide: bool, threads: int) -> Iterator[float]:
    """Seconds of some steps.

    Args:
        wide: Depthwise convolutions that skip cells in 32 bits.
        threads: Of the processor.
    """
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network = CyclistNetwork()
    network.load_backbone(packaged_weights())
    if not wide:
        for module in network.modules():
            if isinstance(module, FullConvolution):
                module.__class__ = nn.Conv2d
    network.to(memory_format=torch.channels_last).train()
    known, fresh = network.trained_parameters()
    optimizer = torch.optim.AdamW([*known, *fresh], lr=1e-3)
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


def _in_its_own_process(way: str, threads: int, settings: dict[str, str]) -> float:
    environment = {name: value for name, value in os.environ.items() if name not in KEPT}
    command = [sys.executable, "-m", "benchmarks.training_step", "--one", way, "--threads", str(threads)]
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
