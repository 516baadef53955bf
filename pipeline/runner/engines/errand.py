"""What travels to a worker, and what comes back: plain values, and never a picture."""

import pickle
import socket
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Self

from pipeline.configuration import RuntimeSettings
from pipeline.reasons import Explained
from pipeline.runner.engines.stretches import Stretches
from pipeline.runner.saving import Saving
from pipeline.runner.summary import CameraTally
from pipeline.runner.works import Start
from pipeline.telemetry import Stage
from reid.encoders.settings import EncoderSettings
from tracking.detectors import Detector, DetectorSettings


@dataclass(frozen=True, slots=True)
class Errand:
    """What a worker is to do: some cameras, from the places where they stand.

    Attributes:
        run_id: Of the database, which only the driver opens.
        starts: The cameras, without their detectors.
        encoder: Crops to embeddings.
        runtime: Sizes of chunks and queues.
        save_every_s: Wall time between two savings.
        build: Loads a detector where the worker is.
        zone: Of the site, where tracks that are not counted are to be told; None where nobody asks.
        stretches: Of the footage of the one camera, where others look ahead of it; None where nobody does.
    """

    run_id: str
    starts: tuple[Start, ...]
    encoder: EncoderSettings
    runtime: RuntimeSettings
    save_every_s: float
    build: Callable[[DetectorSettings], Detector]
    zone: tzinfo | None = None
    stretches: Stretches | None = None

    @property
    def cameras(self) -> tuple[str, ...]:
        """Camera ids."""
        return tuple(start.camera.id for start in self.starts)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What ended a worker's errand.

    Attributes:
        error: What was raised.
        host: Name of the machine.
        trace: Where it was raised, for whoever debugs.
    """

    error: BaseException
    host: str
    trace: str

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Note an error in a form that travels."""
        trace = "".join(traceback.format_exception(error))
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            error = RuntimeError(f"{type(error).__name__}: {error}")
        return cls(error, socket.gethostname(), trace)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker hands over when it is asked.

    Attributes:
        savings: What is new of its cameras.
        tallies: Camera id → what was read of it, where it is at its end.
        seconds: Time of each stage since the last answer.
        uncounted: Tracks that are not counted, since the last answer.
        trouble: What ended the errand, or None.
        wants: Number of the stretch that its camera has come to, whose looks it waits for, or None.
        looked: Looks of a stretch, pickled, of a worker that looks ahead, or None.
    """

    savings: tuple[Saving, ...] = ()
    tallies: Mapping[str, CameraTally] = field(default_factory=dict)
    seconds: Mapping[Stage, float] = field(default_factory=dict)
    uncounted: tuple[Explained, ...] = ()
    trouble: Trouble | None = None
    wants: int | None = None
    looked: bytes | None = None

    def to_bytes(self) -> bytes:
        """For the way; only our own processes write and read it."""
        return pickle.dumps(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read back what `to_bytes` wrote."""
        answer: Self = pickle.loads(data)
        return answer
