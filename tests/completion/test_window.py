"""The window holds the object, upright and in the middle, and gives its values back where they came from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.completion.window import window_around
from mirror_core.errors import MaskError


def box(shape: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]) -> np.ndarray:
    inside = np.zeros(shape, bool)
    inside[slice(*rows), slice(*columns)] = True
    return inside


def test_a_tall_object_fills_the_height_but_for_the_margins():
    window = window_around(box((200, 200), (50, 138), (90, 110)), (100, 80))
    assert window.scale == pytest.approx(1.0)  # 88 rows in 88 of 100
    assert (window.left, window.top) == pytest.approx((60.0, 44.0))


def test_a_wide_object_fills_the_width():
    inside = box((100, 400), (40, 60), (20, 372))
    seen = window_around(inside, (100, 80)).look(inside)
    columns = np.flatnonzero((seen > 0.5).any(axis=0))
    assert columns[0] == pytest.approx(5, abs=1)
    assert columns[-1] == pytest.approx(74, abs=1)


@given(st.integers(0, 80), st.integers(30, 60), st.integers(0, 80), st.integers(30, 60), st.booleans())
def test_smooth_values_come_back(top: int, height: int, left: int, width: int, large: bool):
    factor = 4 if large else 1
    inside = box((150, 150), (top, top + height), (left, left + width)).repeat(factor, 0).repeat(factor, 1)
    y, x = np.mgrid[0 : 150 * factor, 0 : 150 * factor].astype(np.float32) / (150 * factor)
    window = window_around(inside, (80, 64))
    for values in (x, np.stack([x, y, x * y], axis=-1)):
        again = window.back(window.look(values), inside.shape)
        border = 4 * factor  # beyond the picture the window sees 0
        core = inside.copy()
        core[:border] = core[-border:] = core[:, :border] = core[:, -border:] = False
        assert np.abs(again - values)[core].max() < 0.02 if core.any() else True


def test_an_empty_mask_is_refused():
    with pytest.raises(MaskError, match="no pixel is set"):
        window_around(np.zeros((5, 5), bool), (10, 10))
