"""A crop resamples at sub-pixel accuracy, and its points go to the photo and back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.errors import InputError, MaskError
from mirror_core.images import Crop, square_crop

RAMP = np.arange(16, dtype=np.float32).reshape(4, 4) / 16


def test_the_whole_image_at_its_own_size_is_the_image():
    np.testing.assert_array_equal(Crop(0.0, 0.0, 4.0).apply(RAMP, 4), RAMP)


def test_one_pixel_to_the_right_shifts_by_one_and_fills_with_the_outside():
    shifted = Crop(1.0, 0.0, 4.0).apply(RAMP, 4, outside=1.0)
    np.testing.assert_allclose(shifted[:, :3], RAMP[:, 1:])
    np.testing.assert_allclose(shifted[:, 3], 1.0)


def test_a_quarter_of_a_pixel_mixes_the_neighbours_three_to_one():
    shifted = Crop(0.25, 0.0, 4.0).apply(RAMP, 4)
    np.testing.assert_allclose(shifted[:, :3], 0.75 * RAMP[:, :3] + 0.25 * RAMP[:, 1:])


def test_half_the_size_is_the_mean_of_two_by_two():
    np.testing.assert_allclose(Crop(0.0, 0.0, 4.0).apply(RAMP, 2), RAMP.reshape(2, 2, 2, 2).mean(axis=(1, 3)))


def test_shrinking_by_one_and_a_half_gives_exact_coverage():
    row = np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0]], np.float32)
    np.testing.assert_allclose(Crop(0.0, 0.0, 3.0).apply(row, 2), [[2 / 3, 0], [2 / 3, 0]], atol=1e-7)


def test_enlarging_interpolates_between_pixel_centres():
    pair = np.array([[0, 1], [0, 1]], np.float32)
    np.testing.assert_allclose(Crop(0.0, 0.0, 2.0).apply(pair, 4)[1], [0, 0.25, 0.75, 0.75])
    # the last one is half way to the next centre, which is outside: 0.75 * 1 + 0.25 * 0


def test_a_crop_larger_than_the_photo_centres_it():
    image = np.ones((2, 2, 3), np.float32)
    padded = Crop(-1.0, -1.0, 4.0).apply(image, 4, outside=0.5)
    assert padded.shape == (4, 4, 3)
    assert padded[1:3, 1:3].min() == 1.0
    assert padded[0].max() == padded[:, 3].max() == 0.5


def test_the_centre_of_a_disc_stays_where_it_is():
    y, x = np.mgrid[0:60, 0:60] + 0.5
    disc = (np.hypot(x - 31.3, y - 27.8) < 10).astype(np.float32)
    small = Crop(3.7, 1.2, 55.0).apply(disc, 37)
    rows, columns = np.mgrid[0:37, 0:37] + 0.5
    centre_before = np.array([(disc * x).sum(), (disc * y).sum()]) / disc.sum()
    centre = np.array([(small * columns).sum(), (small * rows).sum()]) / small.sum()
    np.testing.assert_allclose(centre * 55 / 37 + [3.7, 1.2], centre_before, atol=0.02)


@given(
    st.floats(-500, 500),
    st.floats(-500, 500),
    st.floats(1, 5000),
    st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=5),
)
def test_points_go_to_the_photo_and_back(left: float, top: float, size: float, points: list[tuple[float, float]]):
    crop, ndc = Crop(left, top, size), np.array(points)
    np.testing.assert_allclose(crop.to_ndc(crop.to_photo(ndc)), ndc, atol=1e-9)


def test_the_corners_of_ndc_are_the_corners_of_the_crop():
    corners = Crop(10.0, 20.0, 100.0).to_photo(np.array([(-1.0, 1.0), (1.0, -1.0), (0.0, 0.0)]))
    np.testing.assert_array_equal(corners, [(10, 20), (110, 120), (60, 70)])


def test_square_crop_centres_the_mask_and_leaves_the_margin():
    mask = np.zeros((50, 80), np.float32)
    mask[10:30, 40:46] = 1
    assert square_crop(mask, margin=0.2) == Crop(30.5, 7.5, 25.0)


def test_an_empty_mask_has_no_crop():
    with pytest.raises(MaskError, match=r"empty.*Choose"):
        square_crop(np.zeros((5, 5), np.float32))


@pytest.mark.parametrize("values", [(0.0, 0.0, 0.0), (0.0, 0.0, -1.0), (math.nan, 0.0, 5.0), (0.0, 0.0, math.inf)])
def test_a_crop_without_a_size_is_refused(values: tuple[float, float, float]):
    with pytest.raises(InputError, match="positive size"):
        Crop(*values)
