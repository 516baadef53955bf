"""What is written into a memory comes back bit by bit, and what does not belong there is refused."""

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.alike import differences
from tracking.memory import Remembering, UnreadableMemoryError, from_text, storable, to_text
from tracking.tracklets import FrameStamp
from tracking.values import Crop, Tracklet

_ARRAYS = arrays.arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
_STAMPS = st.builds(FrameStamp, st.text(max_size=5), st.integers(0, 10**6), st.floats())
_LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), _ARRAYS, _STAMPS)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=12),
        st.lists(st.floats(), max_size=20),
        st.lists(_ARRAYS, max_size=4),
        st.lists(_STAMPS, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.builds(deque, st.lists(inner, max_size=3), st.one_of(st.none(), st.just(5))),
        st.dictionaries(st.one_of(st.integers(), st.text(max_size=3)), inner, max_size=4),
    ),
    max_leaves=20,
)


@given(_VALUES)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert differences(value, from_text(to_text(value))) == []


@pytest.mark.parametrize("shape", [(3, 2), (5,), (0, 4), ()])
def test_arrays_keep_type_shape_and_order(shape: tuple[int, ...]) -> None:
    for order in ("C", "F"):
        array = np.asarray(np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape), order=order)
        back = from_text(to_text(array))
        assert back.dtype == array.dtype
        assert back.shape == array.shape
        assert back.flags.c_contiguous == array.flags.c_contiguous
        assert back.flags.writeable


def test_a_list_of_arrays_that_comes_back_does_not_hold_all_of_them_together() -> None:
    back = from_text(to_text([np.zeros(4), np.ones(4)]))
    assert all(array.base is None for array in back)


def test_a_crop_with_its_pixels_is_refused() -> None:
    crop = Crop(0.0, np.zeros((4, 4, 3), np.uint8), 1.0, 0.0)
    tracklet = Tracklet("A", "a", 0, 0, np.zeros(1), np.zeros((1, 4)), np.zeros(1), 0.0, crops=(crop,))
    with pytest.raises(TypeError, match="Crop cannot be part of a memory"):
        to_text(tracklet)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", len, np.array([object()]), np.array(["a"])])
def test_what_is_no_plain_value_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be part of a memory"):
        to_text([value])


def _damaged() -> list[str]:
    whole = to_text({"a": np.arange(9.0)})
    return ["", "äö", "AAAA", whole[:-8], whole[:20] + "AAAA" + whole[24:], to_text([])[:-4]]


@pytest.mark.parametrize("text", _damaged())
def test_a_damaged_text_is_no_memory(text: str) -> None:
    with pytest.raises(UnreadableMemoryError):
        from_text(text)


def test_a_value_of_a_class_that_is_gone_is_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    text = to_text(FrameStamp("a", 1, 2.0))
    monkeypatch.setattr("tracking.memory._STORABLE", {})
    with pytest.raises(UnreadableMemoryError):
        from_text(text)


def test_two_classes_of_one_name_are_refused() -> None:
    @dataclass(frozen=True)
    class FrameStamp:
        """Not the one of the tracklets."""

    with pytest.raises(TypeError, match="two classes are called FrameStamp"):
        storable(FrameStamp)


class Counter(Remembering):
    REMEMBERED = ("seen",)

    def __init__(self) -> None:
        self.seen = 0


@pytest.mark.parametrize("memory", [{}, {"seen": 1, "other": 2}, {"other": 2}, None, [1]])
def test_the_memory_of_another_version_of_a_class_is_refused(memory: Any) -> None:
    with pytest.raises(UnreadableMemoryError, match="the memory of a Counter consists of"):
        Counter().restore(memory)
