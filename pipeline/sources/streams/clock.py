"""The time of every picture of a stream: by its sender's clock, by its stamps, or by its arrival."""

from collections.abc import Sequence

from pipeline.sources.report import LONGEST_GAP_S
from pipeline.sources.streams.state import ERRORS_S, Timing

FARTHEST_S = 5.0
"""What a clock may say apart from the arrival before it is wrong."""
_EARLY_S = 0.25
"""By so much a picture may seem to arrive before it was taken; more, and the anchor was too late."""
_CROWDED_S = 0.02
"""By so much the anchor may move between two pictures that are not to be pressed together."""
_WINDOW_S = 10.0
_DRIFT_S = 0.3
_PACES = (0.8, 1.25)
"""Seconds of stamps in a second of arrival between which stamps advance like a clock."""
_MOST_STEPS = 5
_MOST_UNSTAMPED = 5
_LEAST_STEP_S = 0.001


class StreamClock:
    """Turns stamps into moments; one for each connection.

    Stamps are as regular as the camera, arrivals are as late as the network. So stamps give the distances and
    arrivals the anchor: the least delay that was seen. Where stamps jump, the anchor is set anew; where they
    jump again and again, or do not advance like a clock, arrivals alone count.

    Args:
        clock_offset_s: Seconds to be added to the camera's own clock.
        stamped: Whether its format has time stamps at all.

    Attributes:
        steps: How often its stamps jumped.
    """

    def __init__(self, clock_offset_s: float = 0.0, *, stamped: bool = True) -> None:
        self._clock_offset_s = clock_offset_s
        self._trusted = stamped
        self._anchor: float | None = None
        self._sender: float | None = None
        self._sender_wrong_s = 0.0
        self._last: tuple[float, float, float] | None = None
        self._window: tuple[float, float] | None = None
        self._least_lag_s = FARTHEST_S
        self._slow_windows = 0
        self._last_moment = 0.0
        self._unstamped = 0
        self.steps = 0

    @property
    def timing(self) -> Timing:
        """What the last moment rests on."""
        if not self._trusted or self._anchor is None:
            return Timing.ARRIVAL
        return Timing.STAMPS if self._sender is None else Timing.SENDER

    @property
    def error_s(self) -> float:
        """By how much a moment may be wrong."""
        return ERRORS_S[self.timing]

    @property
    def sender_wrong_s(self) -> float:
        """By how much the camera's own clock is wrong, where that is too much to be believed."""
        return self._sender_wrong_s

    def begin(self, first: Sequence[tuple[float | None, float]]) -> None:
        """Set the anchor by the packets that came at once when the connection was made.

        Args:
            first: Stamps and arrivals of some packets, seconds; the last one was waited for.
        """
        delays = [arrival - stamp for stamp, arrival in first if stamp is not None]
        if delays and self._trusted:
            self._anchor = min(delays)

    def told(self, stamp: float, moment: float, arrival: float) -> None:
        """Learn from the sender which moment a stamp stands for, seconds since the epoch (RTCP)."""
        moment += self._clock_offset_s
        believed = abs(moment - arrival) <= FARTHEST_S
        self._sender = moment - stamp if believed else None
        self._sender_wrong_s = 0.0 if believed else moment - arrival

    def place(self, stamp: float | None, arrival: float) -> float | None:
        """The moment of the next picture.

        Args:
            stamp: Its stamp, seconds; None where it has none.
            arrival: When its packet came, seconds since the epoch.

        Returns:
            Seconds since the epoch; None for a picture whose time cannot be told: it has no stamp and others
            have one, or it is one of those that a server sends faster than they were taken.
        """
        self._unstamped = self._unstamped + 1 if stamp is None else 0
        self._trusted = self._trusted and self._unstamped <= _MOST_UNSTAMPED
        if stamp is None and self._trusted:
            return None
        if stamp is None or not self._trusted:
            self._last_moment = max(arrival, self._last_moment + _LEAST_STEP_S)
            return self._last_moment
        anchor = arrival - stamp if self._anchor is None else self._anchor
        if self._jumps(stamp, arrival, anchor):
            anchor = self._jump(stamp, arrival)
        # What arrives before it was taken shows that the least delay was not seen yet.
        least = min(anchor, arrival + _EARLY_S - stamp)
        crowds = anchor - least > _CROWDED_S
        self._anchor = anchor = least
        self._watch(stamp, arrival)
        self._last = (stamp, arrival, arrival - stamp - anchor)
        self._last_moment = stamp + (self._anchor if self._sender is None else self._sender)
        return None if crowds and self._sender is None else self._last_moment

    def _jumps(self, stamp: float, arrival: float, anchor: float) -> bool:
        if self._last is None:
            return False
        before, came, lag_before = self._last
        lag = arrival - stamp - anchor
        ahead = stamp - before - (arrival - came)
        return stamp <= before or ahead > LONGEST_GAP_S or (lag > FARTHEST_S and lag > lag_before)

    def _jump(self, stamp: float, arrival: float) -> float:
        self.steps += 1
        self._trusted = self.steps <= _MOST_STEPS
        self._sender, self._window = None, None
        return arrival - stamp

    def _watch(self, stamp: float, arrival: float) -> None:
        """Every few seconds: do stamps keep pace, and has the least delay grown?"""
        lag = arrival - stamp - (self._anchor or 0.0)
        if self._window is None:
            self._window, self._least_lag_s = (stamp, arrival), lag
            return
        self._least_lag_s = min(self._least_lag_s, lag)
        began, came = self._window
        if arrival - came < _WINDOW_S:
            return
        pace = (stamp - began) / (arrival - came)
        self._slow_windows = 0 if _PACES[0] <= pace <= _PACES[1] else self._slow_windows + 1
        self._trusted = self._trusted and self._slow_windows < 2
        if self._least_lag_s > _DRIFT_S and self._anchor is not None:
            self._anchor += self._least_lag_s
        self._window = None
