"""How fast an encoder is trained, and what holds it up: loading images or the network.

Measures on the data set of a training description, with its network, losses, transforms: batches loaded and
not learned from, one batch in memory learned from over and over, and both together as in a training; in fp32
and bf16. Peak memory is the process' on a CPU (of all precisions so far), PyTorch's allocation on a GPU.
Beside the rate by the clock stands the processor time per image, which a busy machine does not spoil.

    python -m benchmarks.reid_training --steps 2 --warm-up 1 --threads 1    # BoT on small simulated data
    pipeline simulate city --cameras 5 --minutes 60 --riders-per-hour 900
    pipeline dataset build city/site.yaml city-set --truth city/truth
    python -m benchmarks.reid_training training.yaml --data city-set --steps 20 --device cuda --workers 8
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

from reid.training import Batch, BatchSource, Position
from reid.training.description import TrainingDescription
from reid.training.session import TrainingSession
from reid.training.sources import build_batches
from workshop.laboratory import read_description
from workshop.laboratory.smoke_data import smoke_data

BOT = Path(__file__).with_name("bot_resnet50.yaml")


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast images went through.

    Attributes:
        images_per_s: By the clock.
        cpu_s_per_image: Processor time of this process; loader processes are not in it.
    """

    images_per_s: float
    cpu_s_per_image: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured for one precision.

    Attributes:
        device: cpu or cuda.
        precision: fp32 or bf16.
        batch: Images of a batch.
        loading: The loader alone.
        learning: The network alone.
        training: Both together.
        memory_mb: Peak memory.
    """

    device: str
    precision: str
    batch: int
    loading: Rate
    learning: Rate
    training: Rate
    memory_mb: float


def measure(description: TrainingDescription, steps: int, warm_up: int) -> Speed:
    """Measure one precision."""
    settings = description.training
    with tempfile.TemporaryDirectory() as folder:
        session = TrainingSession(description, Path(folder))
        source = build_batches(description, session.dataset, None)
        loading = _rate(_endless(source), (warm_up, steps), lambda batch: None)
        if settings.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        session.network.train()
        training = _rate(_endless(source), (warm_up, steps), lambda batch: _learn(session, batch))
        one = next(source.batches(1))
        learning = _rate(itertools.repeat(one), (warm_up, steps), lambda batch: _learn(session, batch))
    size, memory = len(one.images), _peak_mb(settings.device)
    return Speed(settings.device, settings.precision, size, loading, learning, training, memory)


def _endless(source: BatchSource) -> Iterator[Batch]:
    return itertools.chain.from_iterable(source.batches(epoch) for epoch in itertools.count(1))


def _learn(session: TrainingSession, batch: Batch) -> None:
    session.trainer.learn(batch, Position())


def _rate(batches: Iterator[Batch], steps: tuple[int, int], work: Callable[[Batch], None]) -> Rate:
    """Time some batches after others that only warm up."""
    for batch in itertools.islice(batches, steps[0]):
        work(batch)
    _wait_for_device()
    images, start, cpu = 0, time.perf_counter(), time.process_time()
    for batch in itertools.islice(batches, steps[1]):
        work(batch)
        images += len(batch.images)
    _wait_for_device()
    return Rate(images / (time.perf_counter() - start), (time.process_time() - cpu) / images)


def _wait_for_device() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _peak_mb(device: str) -> float:
    if device == "cuda":
        return float(torch.cuda.max_memory_allocated()) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("description", type=Path, nargs="?", help="default: BoT on ResNet-50")
    parser.add_argument("--data", type=Path, help="default: the description's, or small simulated data")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--precisions", nargs="+", default=["fp32", "bf16"])
    chosen = parser.parse_args()
    if chosen.device == "cuda" and not torch.cuda.is_available():
        sys.exit("there is no CUDA device here; give --device cpu")
    data = chosen.data or (smoke_data("city") if chosen.description is None else None)
    for precision in chosen.precisions:
        overrides = {
            "training.device": chosen.device,
            "training.workers": chosen.workers,
            "training.precision": precision,
            "training.threads": chosen.threads,
        }
        if data is not None:
            overrides["data.folder"] = str(data)
        description = read_description(chosen.description or BOT, overrides)
        print(json.dumps(asdict(measure(description, chosen.steps, chosen.warm_up))), flush=True)


if __name__ == "__main__":
    main()
