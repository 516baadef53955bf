"""The cheapest way of looking that agrees, without trying them all."""

from collections.abc import Callable, Sequence

from pipeline.tuning.trial import Trial
from pipeline.tuning.ways import Way, Ways

Try = Callable[[Way], Trial]
"""Tries a way, or remembers what came of it."""


def search(ways: Ways, rates: Sequence[float], attempt: Try) -> None:
    """Try ways until the cheapest is known that agrees.

    More looks, or larger ones, are taken to agree where fewer or smaller ones do. So a walk along the edge
    of what agrees is enough: from the fewest looks at full size to smaller sizes while they agree, and to
    more looks where they do not. It tries about as many ways as there are rates and sizes, not as there are
    pairs of them.

    Args:
        ways: What can be tried.
        rates: Those of its rates that may agree, increasing.
        attempt: Tries one.
    """
    best = _walk(ways, rates, attempt)
    if best is None:
        for way in ways.instead(rates):
            if attempt(way).agrees:
                return
        return
    for way in ways.refined(best.way):
        attempt(way)


def _walk(ways: Ways, rates: Sequence[float], attempt: Try) -> Trial | None:
    best: Trial | None = None
    area_per_s = 0.0
    size, rate = len(ways.sizes) - 1, 0
    while size >= 0 and rate < len(rates):
        # More looks are at no less than fewer are: what that would cost already is too dear.
        if best is not None and area_per_s * ways.sizes[size] ** 2 >= best.work:
            size -= 1
            continue
        trial = attempt(ways.at(rates[rate], ways.sizes[size]))
        area_per_s = trial.area_per_s
        if trial.agrees:
            best = trial if best is None or trial.work < best.work else best
            size -= 1
        else:
            rate += 1
    return best


def cheapest(trials: Sequence[Trial]) -> Trial | None:
    """The cheapest of those that agree; None where that is the reference.

    Args:
        trials: The reference first.
    """
    best = min((trial for trial in trials if trial.agrees), key=lambda trial: trial.work)
    return None if best is trials[0] else best
