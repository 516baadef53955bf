"""Links of simulated riders: the matcher of the program against who they were."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reid.encoders.preprocessing import to_unit_rows
from tracking.arrays import FloatArray
from workshop.encoder.calibration import choose_threshold
from workshop.encoder.links import EmbeddedWorld, network_of, together
from workshop.encoder.passages import RiderPassage
from workshop.encoder.worlds import SmallWorld

Embed = Callable[[float], EmbeddedWorld]
"""Of how much noise lies on the embeddings."""


@pytest.fixture
def embedded(world: SmallWorld, passages: tuple[RiderPassage, ...]) -> Embed:
    """A direction of its own for every rider, and noise on it."""
    network = network_of(world.recording())
    return lambda noise: EmbeddedWorld("calm", network, passages, _rows(passages, noise))


def _rows(passages: tuple[RiderPassage, ...], noise: float) -> FloatArray:
    rng = np.random.default_rng(0)
    own = rng.normal(size=(1 + max(one.rider for one in passages), 64))
    rows = own[[one.rider for one in passages]] + noise * rng.normal(size=(len(passages), 64))
    return to_unit_rows(rows)


def test_perfect_embeddings_link_everybody_and_nobody_wrongly(embedded: Embed) -> None:
    score = embedded(0.0).score(0.5)
    assert score.truth >= 2, "the world is empty"
    assert score.f1 == 1.0, score


def test_a_threshold_of_nearly_nothing_links_nobody(embedded: Embed) -> None:
    assert embedded(0.3).score(0.01).claimed == 0


def test_a_rider_who_appears_too_early_is_no_true_link(
    embedded: Embed, passages: tuple[RiderPassage, ...]
) -> None:
    world = embedded(0.0)
    first, second = min(world.truth())
    hurried = list(passages)
    hurried[second] = replace(passages[second], enter_s=passages[first].enter_s + 1)
    assert (first, second) not in replace(world, passages=tuple(hurried)).truth()


def test_the_threshold_lies_where_riders_part(embedded: Embed) -> None:
    world = embedded(0.35)
    choice = choose_threshold([world])
    assert choice.links == pytest.approx(world.score(choice.threshold).f1)
    assert choice.links >= 0.9, choice


def test_scores_of_worlds_add_up(embedded: Embed) -> None:
    one = embedded(0.0).score(0.5)
    assert together([one, one]).truth == 2 * one.truth
