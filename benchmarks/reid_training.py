"""How fast an encoder is trained, and what holds it up: loading images or the network.

Measures on the data set of a training description, with its network, losses, transforms: batches loaded and
not learned from, one batch in memory learned from over and over, and both together as in a training; in fp32
and bf16. Peak memory is the process' on a CPU (of all precisions so far), PyTorch's allocation on a GPU.

    pipeline simulate city --cameras 5 --minutes 60 --riders-per-hour 900
    pipeline dataset build city/site.yaml city-set --truth city/truth
    python benchmarks/reid_training.py training.yaml --data city-set --steps 20 --device cuda --workers 8
"""

import argparse
import itertools
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from pipeline.laboratory import read_description
from reid.training import Batch, BatchSource, Position
from reid.training.description import TrainingDescription
from reid.training.session import TrainingSession
from reid.training.sources import build_batches

WARM_UP_STEPS = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured for one precision.

    Attributes:
        device: cpu or cuda.
        precision: fp32 or bf16.
        loading: Images per second of the loader alone.
        learning: Images per second of the network alone.
        training: Images per second of both together.
        memory_mb: Peak memory.
    """

    device: str
    precision: str
    loading: float
    learning: float
    training: float
    memory_mb: float


def measure(description: TrainingDescription, steps: int) -> Speed:
    """Measure one precision."""
    settings = description.training
    with tempfile.TemporaryDirectory() as folder:
        session = TrainingSession(description, Path(folder))
        source = build_batches(description, session.dataset, None)
        loading = _rate(_endless(source), steps, lambda batch: None)
        if settings.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        session.network.train()
        training = _rate(_endless(source), steps, lambda batch: _learn(session, batch))
        one = next(source.batches(1))
        learning = _rate(itertools.repeat(one), steps, lambda batch: _learn(session, batch))
    return Speed(settings.device, settings.precision, loading, learning, training, _peak_mb(settings.device))


def _endless(source: BatchSource) -> Iterator[Batch]:
    return itertools.chain.from_iterable(source.batches(epoch) for epoch in itertools.count(1))


def _learn(session: TrainingSession, batch: Batch) -> None:
    session.trainer.learn(batch, Position())


def _rate(batches: Iterator[Batch], steps: int, work: Callable[[Batch], None]) -> float:
    """Images per second, after a warm-up."""
    for batch in itertools.islice(batches, WARM_UP_STEPS):
        work(batch)
    images, start = 0, time.perf_counter()
    for batch in itertools.islice(batches, steps):
        work(batch)
        images += len(batch.images)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return images / (time.perf_counter() - start)


def _peak_mb(device: str) -> float:
    if device == "cuda":
        return float(torch.cuda.max_memory_allocated()) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("description", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--precisions", nargs="+", default=["fp32", "bf16"])
    chosen = parser.parse_args()
    if chosen.device == "cuda" and not torch.cuda.is_available():
        sys.exit("there is no CUDA device here; give --device cpu")
    for precision in chosen.precisions:
        overrides = {
            "training.device": chosen.device,
            "training.workers": chosen.workers,
            "training.precision": precision,
        }
        if chosen.data is not None:
            overrides["data.folder"] = str(chosen.data)
        print(json.dumps(asdict(measure(read_description(chosen.description, overrides), chosen.steps))))


if __name__ == "__main__":
    main()
