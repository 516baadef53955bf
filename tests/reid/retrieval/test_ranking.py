"""CMC and mAP, against worked examples and a plain re-computation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.retrieval import Comparison, EmbeddingSet, average_precisions, score_ranking
from tests.reid.retrieval.riders import crowd
from tests.reid.retrieval.textbook import rank_by_hand


@pytest.mark.parametrize(
    ("places", "percent"), [((1, 4), 75.0), ((2, 5), 45.0), ((1, 2), 100.0), ((1, 2, 3, 4, 5, 6), 100.0)]
)
def test_average_precision_is_that_of_the_worked_examples(places: tuple[int, ...], percent: float) -> None:
    right = np.isin(np.arange(1, 7), places)[None, :]
    assert average_precisions(right)[0] * 100 == pytest.approx(percent, abs=1e-9)


def test_three_queries_of_the_worked_example_give_rank_1_66_7_and_map_73_3() -> None:
    # On a line the order of the gallery is what its angle says; each query has its own half of the circle.
    queries, gallery, places = [], [], ((1, 4), (2, 5), (1, 2))
    for number, right in enumerate(places):
        base = 20.0 * number
        queries.append((base, number, "left"))
        gallery += [
            (base + 0.5 * rank, number if rank in right else 100 + 10 * number + rank, "right")
            for rank in range(1, 7)
        ]
    rows = queries + gallery
    angles = np.deg2rad([row[0] for row in rows])
    found = EmbeddingSet.of(
        np.column_stack([np.cos(angles), np.sin(angles)]),
        np.array([row[1] for row in rows]) + 1,
        np.array([row[2] for row in rows]),
        query=np.arange(len(rows)) < len(queries),
    )
    scores = score_ranking(Comparison(found))
    assert scores.rank1 * 100 == pytest.approx(66.7, abs=0.05), scores
    assert scores.mean_average_precision * 100 == pytest.approx(73.3, abs=0.05), scores


@pytest.mark.parametrize("exclude_same_camera", [False, True])
@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_rankings_are_those_of_the_textbook(seed: int, split: bool, exclude_same_camera: bool) -> None:
    found = crowd(seed, split=split)
    ours = score_ranking(Comparison(found, exclude_same_camera))
    cmc, mean_ap, queries = rank_by_hand(found, exclude_same_camera)
    assert ours.queries == queries
    assert ours.mean_average_precision == pytest.approx(mean_ap, abs=1e-6)
    np.testing.assert_allclose(ours.cmc, cmc, atol=1e-6, err_msg=f"seed {seed}")


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_perfect_encoder_gets_everything_right(seed: int) -> None:
    scores = score_ranking(Comparison(crowd(seed, noise=0.0)))
    assert (scores.rank1, scores.mean_average_precision) == (1.0, 1.0), scores


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_names_of_riders_do_not_matter(seed: int) -> None:
    found = crowd(seed)
    names = np.unique(found.identity)
    shuffled = dict(zip(names, np.random.default_rng(seed).permutation(names), strict=True))
    renamed = EmbeddingSet.of(
        found.embedding, np.array([shuffled[one] for one in found.identity]), found.camera, found.tracklet
    )
    first, second = (score_ranking(Comparison(one)) for one in (found, renamed))
    assert first.mean_average_precision == pytest.approx(second.mean_average_precision, abs=1e-12)


def test_an_empty_gallery_scores_nothing() -> None:
    found = crowd(1, split=True)
    nobody = found[found.query]  # type: ignore[index]
    scores = score_ranking(Comparison(nobody))
    assert (scores.queries, scores.rank1, scores.mean_average_precision) == (0, 0.0, 0.0)


def test_distractors_are_searched_but_never_right() -> None:
    found = EmbeddingSet.of(
        np.array([[1.0, 0.0], [0.9, 0.1], [0.8, 0.2]]),
        np.array(["7", "0", "7"]),
        np.array(["1", "2", "2"]),
        query=np.array([True, False, False]),
    )
    scores = score_ranking(Comparison(found))
    assert scores.cmc[:2].tolist() == [0.0, 1.0], scores
