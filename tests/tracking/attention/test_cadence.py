"""Looks come less often while some wait, and closer again when none does."""

from tracking.attention import AttentionSettings, Cadence
from tracking.attention.cadence import LEAST_RATE

FPS = 25


def kept(cadence: Cadence, begin_s: float, seconds: float, waiting: int) -> float:
    """Looks per second over a stretch of time, of which every frame is worth one."""
    times = [begin_s + number / FPS for number in range(round(seconds * FPS))]
    return sum(cadence.admits(time, waiting) for time in times) / seconds


def test_nothing_is_thinned_while_nothing_waits() -> None:
    assert kept(Cadence(AttentionSettings()), 0, 10, waiting=0) == FPS


def test_looks_come_less_often_step_by_step_and_never_too_seldom() -> None:
    cadence = Cadence(AttentionSettings())
    first = kept(cadence, 0, 0.5, waiting=1)
    kept(cadence, 0.5, 5, waiting=1)
    assert LEAST_RATE * 0.95 <= kept(cadence, 5.5, 10, waiting=1) <= LEAST_RATE * 1.05 < first < FPS


def test_looks_come_closer_again_when_none_waits() -> None:
    cadence = Cadence(AttentionSettings())
    kept(cadence, 0, 10, waiting=1)
    kept(cadence, 10, 30, waiting=0)
    assert cadence.rate is None
    assert kept(cadence, 40, 2, waiting=0) == FPS
