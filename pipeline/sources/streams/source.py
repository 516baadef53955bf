"""The frames of a live camera that are worth a look, as a source like any other."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import inf
from typing import Self

import cv2
import numpy as np

from pipeline.sources.planned import PlannedSource
from pipeline.sources.position import Rest, SourcePosition
from pipeline.sources.report import SourceReport, Unseen
from pipeline.sources.streams.account import LiveAccount
from pipeline.sources.streams.backlog import LONGEST_S, Backlog
from pipeline.sources.streams.clock import FARTHEST_S
from pipeline.sources.streams.connection import Connection, Seen
from pipeline.sources.streams.state import ERRORS_S, CameraState, Timing
from tracking.arrays import Image
from tracking.attention import Attention, AttentionSettings, Cadence, View
from tracking.attention.view import WIDTH
from tracking.values import Frame

_POLL_S = 0.2
OLDEST_S = 2.0
"""Age of the first picture that is taken of a connection: servers may begin with what they have kept."""
_CATCH_UP_S = 2.0
"""For so long after a connection was made, what lay ready then is waited with, not dropped."""


class LiveSource:
    """One camera, from the thread that reads it to the one that looks.

    Args:
        camera: Camera id.
        account: Takes down what is seen.
        max_fps: Looks per second that are never exceeded; None for no limit.
        behind: Frames up to this moment are left out, seconds since the epoch: they were counted.
        now: The wall clock, seconds since the epoch.

    Attributes:
        camera: Camera id.
        account: What was seen, and what was not.
        sources: None: nothing of it can be read again.
        frame_size: (width, height) of every frame: that of the first picture; (0, 0) before it.
        rest: None.
    """

    def __init__(
        self,
        camera: str,
        account: LiveAccount,
        max_fps: float | None,
        behind: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.camera = camera
        self.account = account
        self.sources: tuple[PlannedSource, ...] = ()
        self.frame_size = (0, 0)
        self.rest: Rest | None = None
        self._backlog = Backlog()
        self._max_fps = max_fps
        self._now = now
        self._settings = AttentionSettings()
        self._region: Image | None = None
        self._attended, self._stopped = threading.Event(), threading.Event()
        self._connection: Connection | None = None
        self._last_time, self._turn = behind, -inf
        self._passed = 0
        self._frames = self._looks = self._thinned = self._dropped = self._out_of_order = 0
        self._connections = self._steps = 0
        self._came = -inf
        self._catches_up_until = -inf
        self._timing = Timing.ARRIVAL
        self._view = View()

    def limited_to(
        self, sources: Sequence[PlannedSource], behind: Mapping[str, float], until: float = inf
    ) -> Self:
        """The same: nothing of it can be chosen."""
        return self

    def reports(self) -> tuple[SourceReport, ...]:
        """None: `account` has it all."""
        return ()

    def attend(self, settings: AttentionSettings, region: Image | None) -> None:
        """Begin to hand out frames, see `CameraSource.attend`."""
        self._settings, self._region = settings, region
        self._attended.set()

    def stop(self) -> None:
        """Take in no more pictures, and hand out no more frames once those that wait are taken."""
        self._backlog.close()
        self._stopped.set()

    @property
    def came(self) -> float:
        """Time of the last picture, seconds since the epoch; -inf before the first."""
        return self._came

    def is_worked_off(self, looks: int) -> bool:
        """Whether nothing waits of the pictures that came before the call.

        Args:
            looks: Frames that went through the chain.
        """
        return looks >= self._looks

    def frames(self, start_at: SourcePosition | None = None) -> Iterator[Frame]:
        """Frames as they come, until `stop`."""
        while True:
            # Asked before: a frame that came between would never be taken.
            is_last = self._backlog.is_closed
            frame = self._backlog.take(_POLL_S)
            if frame is not None:
                yield frame
            elif is_last:
                return

    def take_in(self, connection: Connection) -> Iterator[None]:
        """Read a connection; each step is one picture.

        Raises:
            StreamError: It does not go on.
        """
        attention, cadence = self._begun()
        name, first = "", -inf
        for seen in connection.pictures():
            if self._backlog.is_closed:
                return
            self._frames += 1
            age_s = seen.arrival - seen.time
            if seen.time <= self._last_time or age_s > (FARTHEST_S if name else OLDEST_S):
                self._out_of_order += 1
                yield
                continue
            if not name:
                name, first = _name(seen.time), seen.time
                if not self._meet(seen, connection):
                    return
                attention, cadence = self._begun()
            self._see(seen, name, seen.time - first, attention, cadence)
            yield

    def lose(self, reason: Unseen) -> None:
        """Nothing comes any more."""
        if self._connection is not None:
            self._steps += self._connection.clock.steps
            self._timing = self._connection.clock.timing
        self._connection = None
        self.account.lose(reason)

    def state(self) -> CameraState:
        """What can be told now."""
        connection = self._connection
        timing = self._timing if connection is None else connection.clock.timing
        return CameraState(
            camera=self.camera,
            connected=connection is not None,
            reason=self.account.reason,
            frames=self._frames,
            looks=self._looks,
            thinned=self._thinned,
            dropped=self._dropped,
            out_of_order=self._out_of_order,
            lag_s=self._backlog.lag_s,
            connections=self._connections,
            last_frame=None if self._came == -inf else self._came,
            timing=timing,
            clock_error_s=ERRORS_S[timing],
            clock_steps=self._steps + (connection.clock.steps if connection else 0),
            size=self.frame_size if self.frame_size[0] else None,
            moved=self._view.moved,
        )

    def _begun(self) -> tuple[Attention, Cadence]:
        return Attention(self._settings, self._max_fps, self._region), Cadence(self._settings)

    def _meet(self, seen: Seen, connection: Connection) -> bool:
        """The first picture of a connection: wait until somebody knows what to make of such pictures.

        Returns:
            Whether anybody does.
        """
        if not self._attended.is_set() and (image := seen.picture.image()) is not None:
            self.frame_size = image.shape[1], image.shape[0]
        while not self._attended.wait(_POLL_S):
            if self._stopped.is_set():
                return False
        self._connection = connection
        self._connections += 1
        self._catches_up_until = seen.arrival + _CATCH_UP_S
        self.account.begin(seen.time, connection.period_s)
        return True

    def _see(self, seen: Seen, name: str, seconds: float, attention: Attention, cadence: Cadence) -> None:
        moment = seen.time
        if self._view.wants(moment) and (small := seen.picture.small(WIDTH)) is not None:
            self._view.see(moment, small)
        glance = attention.decide(seconds, self.frame_size, seen.picture.small)
        patience_s = self._patience_s(seen)
        looks = glance.looks and cadence.admits(seconds, 0 if patience_s else len(self._backlog))
        self._thinned += glance.looks and not looks
        wanted = self.account.wants_look(moment)
        image = seen.picture.image() if looks or wanted else None
        self._last_time = moment
        self._passed += 1
        delivered = glance.due and not glance.looks
        if looks and image is not None:
            number, fitting = seen.picture.index, self._fit(image)
            frame = Frame(self.camera, name, number, moment, fitting, glance.parts, self._passed, self._turn)
            delivered = self._backlog.offer(frame, patience_s)
            if not delivered and self._backlog.is_closed:
                return  # Not dropped, and not seen: it came when nobody looks any more.
            self._count(moment, delivered)
        if delivered:
            self._turn = moment
        self.account.see(moment, delivered=delivered, image=image if wanted else None, damaged=seen.damaged)
        # Last: until then nobody may take it for worked off.
        self._came = moment

    def _patience_s(self, seen: Seen) -> float:
        """How long to wait for room: not at all, once the stream has been caught up with."""
        now = self._now()
        if now - seen.time <= LONGEST_S and not self._backlog:
            self._catches_up_until = -inf
        return max(self._catches_up_until - now, 0.0)

    def _count(self, moment: float, delivered: bool) -> None:
        if delivered:
            self._looks += 1
            self._passed = 0
        else:
            self._dropped += 1
            self.account.drop(moment)

    def _fit(self, image: Image) -> Image:
        width, height = self.frame_size
        if image.shape[:2] == (height, width):
            return image
        return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _name(moment: float) -> str:
    """What a connection is called: ids of riders come from it, so no two may be called the same."""
    return f"live {datetime.fromtimestamp(moment, UTC):%Y%m%dT%H%M%S.%fZ}"
