"""A mask shows one object of a sensible size, or says why not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mirror_core.errors import MaskError
from mirror_core.masking import Mask, check_mask


def mask_of(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (100, 200)) -> Mask:
    """A mask that is 1 in boxes (top, bottom, left, right)."""
    values = np.zeros(size, np.float32)
    for top, bottom, left, right in boxes:
        values[top:bottom, left:right] = 1.0
    return Mask(values, "file", 1.0)


def test_one_object_passes_unchanged():
    mask = mask_of((10, 60, 20, 80))
    np.testing.assert_array_equal(check_mask(mask, (100, 200)).values, mask.values)


def test_specks_are_removed_with_their_soft_rims():
    clean = mask_of((10, 60, 20, 80))
    speckled = clean.values.copy()
    speckled[90:94, 150:154] = 0.3
    speckled[91:93, 151:153] = 1.0
    checked = check_mask(Mask(speckled, "file", 1.0), (100, 200))
    np.testing.assert_array_equal(checked.values, clean.values)


def test_the_objects_own_soft_rim_stays():
    values = mask_of((10, 60, 20, 80)).values
    values[60:63, 20:80] = 0.4
    values[95, 195] = 1.0
    checked = check_mask(Mask(values, "file", 1.0), (100, 200)).values
    assert checked[61, 50] == np.float32(0.4)
    assert checked[95, 195] == 0.0


def test_two_objects_are_refused_with_both_areas():
    # 50 x 60 = 3000 and 30 x 31 = 930 pixels, 31 %
    with pytest.raises(MaskError, match=r"two objects of similar size, 3000 and 930 pixels\. Cut the photo"):
        check_mask(mask_of((10, 60, 20, 80), (10, 40, 100, 131)), (100, 200))


def test_under_thirty_per_cent_is_a_speck():
    # 30 x 29 = 870 pixels, 29 %
    assert check_mask(mask_of((10, 60, 20, 80), (10, 40, 100, 129)), (100, 200)).values.sum() == 3000


def test_pixels_that_touch_only_by_a_corner_are_apart():
    with pytest.raises(MaskError, match="1600 and 1600"):
        check_mask(mask_of((0, 40, 0, 40), (40, 80, 40, 80)), (100, 200))


def test_an_empty_mask_says_how_empty():
    with pytest.raises(MaskError, match=r"file mask is empty: only 0\.00 % of the photo is above 0\.5\. Give"):
        check_mask(mask_of(), (100, 200))


def test_a_full_mask_says_how_full():
    with pytest.raises(MaskError, match=r"file mask is full: it covers 100\.00 % of the photo\. Give"):
        check_mask(mask_of((0, 100, 0, 200)), (100, 200))


def test_a_wrong_size_names_both_sizes():
    with pytest.raises(MaskError, match=r"mask is 200 x 100 pixels, but its photo is 200 x 101\."):
        check_mask(mask_of((10, 60, 20, 80)), (101, 200))


def test_values_that_are_not_numbers_are_refused():
    with pytest.raises(MaskError, match="not finite"):
        check_mask(Mask(np.full((100, 200), np.nan, np.float32), "rembg", 1.0), (100, 200))


@given(
    values=arrays.arrays(
        np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.floats(-1, 2, width=32)
    ),
    size=st.tuples(st.integers(1, 12), st.integers(1, 12)),
)
@settings(max_examples=150, deadline=None)
def test_any_mask_is_refused_or_ends_as_one_object_in_range(values: np.ndarray, size: tuple[int, int]):
    try:
        checked = check_mask(Mask(values, "file", 1.0), size)
    except MaskError as error:
        assert error.remedy  # noqa: PT017
        return
    assert checked.values.shape == size
    assert 0 <= checked.values.min() <= checked.values.max() <= 1
    assert (checked.values > 0.5).any()
    # a checked mask passes again, unchanged
    np.testing.assert_array_equal(check_mask(checked, size).values, checked.values)
