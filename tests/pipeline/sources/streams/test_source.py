"""A live camera that is to end while a picture is on its way."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from pipeline.sources import Unseen
from pipeline.sources.streams import LiveSource
from pipeline.sources.streams.account import LiveAccount
from pipeline.sources.streams.clock import StreamClock
from tracking.attention import AttentionSettings
from tracking.values import Frame

PERIOD_S = 0.25
ENDS_AT = 5
PATIENCE_S = 10.0
WATCHED = np.zeros((90, 160, 3), np.uint8)


class Street:
    """A camera, and somebody who looks; it is asked to end while its sixth picture is decoded.

    Attributes:
        taken: What was looked at.
    """

    period_s = PERIOD_S

    def __init__(self, source: LiveSource) -> None:
        self.clock = StreamClock()
        self.taken: list[Frame] = []
        self._source = source
        self._looks = threading.Thread(target=lambda: self.taken.extend(source.frames()), daemon=True)
        self._looks.start()

    def pictures(self) -> Iterator[Any]:
        """One picture after another, for ever, each when the one before was looked at."""
        number = 0
        while True:
            picture = SimpleNamespace(
                index=number, image=partial(self._image, number), small=lambda width: WATCHED
            )
            moment = number * PERIOD_S
            yield SimpleNamespace(picture=picture, time=moment, arrival=moment, damaged=False)
            number += 1
            until = time.monotonic() + PATIENCE_S
            while len(self.taken) < self._source.state().looks and time.monotonic() < until:
                time.sleep(0.01)

    def _image(self, number: int) -> np.ndarray:
        if number == ENDS_AT:
            self._source.stop()
            self._looks.join(PATIENCE_S)
            assert not self._looks.is_alive(), "who looks waits for ever"
        return WATCHED


def test_a_picture_that_comes_when_nobody_looks_any_more_is_neither_dropped_nor_seen() -> None:
    account = LiveAccount(0.0, Unseen.UNREACHABLE)
    source = LiveSource("A", account, None, -1.0, now=lambda: 0.0)
    street = Street(source)
    source.attend(AttentionSettings(every_frame=True), None)
    source.frame_size = WATCHED.shape[1], WATCHED.shape[0]
    for _ in source.take_in(street):  # type: ignore[arg-type]
        assert source.state().frames <= ENDS_AT + 1, "it goes on for ever"
    account.lose(Unseen.NOT_RUNNING)
    assert len(street.taken) == source.state().looks == ENDS_AT
    assert source.state().dropped == 0
    told = account.take(street.taken[-1].time + PERIOD_S, 60.0, final=True)
    assert [one.end for one in told.observed] == [ENDS_AT * PERIOD_S]
    assert [(one.start, one.end) for one in told.unobserved] == [(ENDS_AT * PERIOD_S, 60.0)]
