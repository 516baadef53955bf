"""The loop that empties an outbox: paced, patient, and of no harm to the counting."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flows.database import Outbox, Pending
from flows.database.outbox.pending import NOTES_AT_ONCE
from flows.database.times import to_microseconds
from pipeline.edge.client import Answer, Outcome
from pipeline.edge.translation import batch_of
from pipeline.edge.wire import Batch, WireCamera
from pipeline.runner.checkpoint import Checkpoint
from pipeline.telemetry import SendingTrace, Traces
from tracking.errors import FietsflowError

IDLE_S = 2.0
"""Wall time between two looks into an empty outbox."""

LONGEST_PAUSE_S = 300.0
"""Between two tries, however often it failed, and whatever the centre asks for."""

FORGET_EVERY_S = 15.0
"""Wall time between two deletions of embeddings that waited for too long."""


class Line(Protocol):
    """Takes batches to a centre."""

    def send(self, batch: Batch) -> Answer:
        """Send one and say what became of it."""
        ...


@dataclass
class Sent:
    """What was sent, and what is left.

    Attributes:
        sightings: Passages that the centre has acknowledged.
        unlinkable: How many of them had lost their embedding while they waited.
        left: Notes that are not sent yet, as far as was looked.
        trouble: Why nothing is sent just now; empty where all goes well.
    """

    sightings: int = 0
    unlinkable: int = 0
    left: int = 0
    trouble: str = ""


class Sender:
    """Sends what an outbox holds; never raises for what centre, network or database do.

    Args:
        outbox: Of one site.
        line: To the centre.
        say: Takes one line for people; told of every trouble once, and of its end.
        clock: Never set back; seconds.
        traces: Told of every batch; None for nobody.

    Attributes:
        sent: The account up to now.
    """

    def __init__(
        self,
        outbox: Outbox,
        line: Line,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        traces: Traces | None = None,
    ) -> None:
        self._outbox, self._line, self._say, self._clock = outbox, line, say, clock
        self._traces = traces or Traces()
        self._limit = NOTES_AT_ONCE
        self._failures = 0
        self._forgotten = -FORGET_EVERY_S
        self.sent = Sent()

    def run(self, stop: threading.Event) -> None:
        """Send until it is time to stop."""
        while not stop.is_set():
            stop.wait(self.step())

    def empty(self, patience_s: float) -> None:
        """Try for so long at most to get rid of all that is left."""
        until = self._clock() + patience_s
        self._failures = 0
        while (pause := self.step()) != IDLE_S and self._clock() + min(pause, IDLE_S) < until:
            time.sleep(min(pause, IDLE_S))

    def step(self) -> float:
        """Send one batch, if there is anything to send.

        Returns:
            Seconds to wait before the next step.
        """
        try:
            self._forget()
            pending = self._outbox.pending(self._limit)
            self.sent.left = pending.left + (pending.last > pending.after)
            if pending.last == pending.after:
                return IDLE_S
            return self._take(pending, self._send(pending))
        except FietsflowError as error:
            return self._fail(str(error))

    def _send(self, pending: Pending) -> Answer:
        batch, began = batch_of(self._outbox.site, pending, _cameras(pending)), time.time()
        answer = self._line.send(batch)
        told = SendingTrace(began, time.time(), len(pending.sightings), str(answer.outcome))
        self._traces.sent(told)
        return answer

    def _take(self, pending: Pending, answer: Answer) -> float:
        if answer.outcome is Outcome.RECEIVED and answer.received == pending.last:
            self._outbox.acknowledge(pending.last)
            self._count(pending)
            return 0.0 if pending.left else IDLE_S / 2
        if answer.outcome is Outcome.TOO_LARGE and self._limit > 1:
            self._limit = max(1, self._limit // 2)
            return 0.0
        if answer.received is not None and answer.received != pending.last:
            return self._tell_everything(pending, answer.received)
        return self._fail(answer.sentence, answer.wait_s)

    def _count(self, pending: Pending) -> None:
        if self.sent.trouble:
            self._say(f"sink: the centre answers again; {self.sent.left} notes were left")
        self._failures, self.sent.trouble = 0, ""
        self._limit = NOTES_AT_ONCE
        self.sent.left = pending.left
        self.sent.sightings += len(pending.sightings)
        self.sent.unlinkable += sum(one.embedding is None and one.quality > 0 for one in pending.sightings)

    def _tell_everything(self, pending: Pending, received: int) -> float:
        """The centre, or this box, was set back to an earlier state: what is there is told anew."""
        known = received if received <= pending.after else None
        self._outbox.tell_everything(known)
        self._say(
            "sink: centre and box do not agree on what was sent, as after a backup was restored; all that "
            "this box holds is told again, which doubles nothing"
        )
        return 0.0

    def _fail(self, sentence: str, wait_s: float | None = None) -> float:
        if sentence != self.sent.trouble:
            self._say(f"sink: {sentence}; it is tried again, and counting goes on")
        self.sent.trouble = sentence
        self._failures += 1
        pause_s = max(wait_s or 0.0, min(2.0 ** min(self._failures, 10), LONGEST_PAUSE_S))
        # Boxes that lost the same centre do not come back in the same moment.
        return min(pause_s, LONGEST_PAUSE_S) * random.uniform(0.75, 1.0)

    def _forget(self) -> None:
        now = self._clock()
        if now - self._forgotten >= FORGET_EVERY_S:
            self._outbox.forget_old()
            self._forgotten = now


def _cameras(pending: Pending) -> list[WireCamera]:
    return [_camera(camera, text) for camera, text in sorted(pending.progress.items())]


def _camera(camera: str, text: str | None) -> WireCamera:
    """How far a camera is, from its checkpoint; without one nothing more comes of it for now."""
    checkpoint = None if text is None else Checkpoint.from_text(text)
    if checkpoint is None or checkpoint.finished:
        return WireCamera(camera=camera, settled_us=None, finished=True)
    settled = checkpoint.settled_until
    return WireCamera(
        camera=camera, settled_us=None if settled is None else to_microseconds(settled), finished=False
    )
