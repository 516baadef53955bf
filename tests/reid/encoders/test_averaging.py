"""One embedding stands for a whole tracklet."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reid.encoders import average_embeddings, embedding_quality

vectors = arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.integers(1, 8)),
    elements=st.floats(-1, 1, width=32, allow_subnormal=False),
)


def test_the_mean_of_two_directions_lies_between_them() -> None:
    mean = average_embeddings(np.array([[1, 0], [0, 1]], np.float32))
    np.testing.assert_allclose(mean, [np.sqrt(0.5)] * 2, atol=1e-6)


def test_every_crop_has_one_vote_unless_asked_otherwise() -> None:
    embeddings = np.array([[3, 0], [0, 1]], np.float32)
    np.testing.assert_allclose(average_embeddings(embeddings), [np.sqrt(0.5)] * 2, atol=1e-6)
    weighted = average_embeddings(embeddings, normalise_first=False)
    np.testing.assert_allclose(weighted, np.array([3, 1]) / np.sqrt(10), atol=1e-6)


@given(embeddings=vectors, normalise_first=st.booleans())
def test_the_average_is_a_unit_vector_of_finite_numbers(
    embeddings: np.ndarray, normalise_first: bool
) -> None:
    assume(np.linalg.norm(embeddings, axis=1).max() > 1e-3)
    mean = average_embeddings(embeddings, normalise_first)
    assert mean.shape == (embeddings.shape[1],)
    assert mean.dtype == np.float32
    assert float(np.linalg.norm(mean)) == pytest.approx(1, abs=1e-5)


def test_directions_that_cancel_out_are_settled_by_the_first() -> None:
    np.testing.assert_array_equal(average_embeddings(np.array([[0, 1], [0, -1]], np.float32)), [0, 1])


@pytest.mark.parametrize(
    "embeddings", [np.zeros((0, 4), np.float32), np.zeros(4, np.float32), np.zeros((2, 4), np.float32)]
)
def test_nothing_cannot_be_averaged(embeddings: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"at least 1|is zero"):
        average_embeddings(embeddings)


@given(embeddings=vectors)
def test_quality_is_a_share(embeddings: np.ndarray) -> None:
    assert 0 <= embedding_quality(embeddings) <= 1


def test_quality_grows_with_agreement_and_with_number() -> None:
    alike = np.tile(np.array([[1, 0]], np.float32), (8, 1))
    mixed = np.array([[1, 0], [0, 1]] * 4, np.float32)
    assert embedding_quality(np.zeros((0, 2), np.float32)) == 0
    assert embedding_quality(alike[:1]) == pytest.approx(0.5)
    assert embedding_quality(alike) == pytest.approx(8 / 9)
    assert embedding_quality(mixed) == pytest.approx(8 / 9 * np.sqrt(0.5), abs=1e-6)
