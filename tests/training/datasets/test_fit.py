"""A photo becomes a picture of a network's size: what lands where."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.errors import MaskError
from mirror_core.images import middle_columns, square_crop
from training.datasets.fit import Fit, fit_photo


def scene(height: int, width: int, rows: slice, columns: slice) -> tuple[np.ndarray, np.ndarray]:
    """A red box on a ground that gets greener to the right."""
    mask = np.zeros((height, width), np.float32)
    mask[rows, columns] = 1.0
    photo = np.zeros((height, width, 3), np.float32)
    photo[..., 1] = np.linspace(0.0, 1.0, width)
    photo[mask > 0.5] = (1.0, 0.0, 0.0)
    return photo, mask


def extent(mask: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def test_a_tall_object_fills_nine_tenths_of_the_height():
    photo, mask = scene(400, 300, slice(20, 380), slice(100, 180))
    picture = fit_photo(photo, mask, (160, 96), "crop")
    assert picture.shape == (160, 96, 4)
    assert picture.dtype == np.uint8
    # 360 x 80 photo pixels at 0.9 * 160 / 360 = 0.4: 144 x 32, in the middle of 160 x 96
    assert extent(picture[..., 3]) == (8, 152, 32, 64)
    assert picture[80, 48].tolist() == [255, 0, 0, 255]


def test_a_wide_object_fills_nine_tenths_of_the_width():
    photo, mask = scene(400, 300, slice(150, 200), slice(30, 270))
    top, bottom, left, right = extent(fit_photo(photo, mask, (160, 96), "crop")[..., 3])
    assert right - left == pytest.approx(0.9 * 96, abs=1)
    assert bottom - top == pytest.approx(50 / 240 * 0.9 * 96, abs=1)
    assert left + right == 96


def test_a_lying_picture_is_the_upright_one_on_its_side():
    photo, mask = scene(300, 400, slice(50, 200), slice(30, 370))
    lying = fit_photo(photo, mask, (96, 160), "crop")
    upright = fit_photo(photo.swapaxes(0, 1), mask.T, (160, 96), "crop")
    np.testing.assert_array_equal(lying, upright.swapaxes(0, 1))


def test_beyond_the_photo_its_edge_is_repeated_and_nothing_is_foreground():
    photo, mask = scene(100, 100, slice(0, 100), slice(40, 60))
    photo[:, :10] = (0.0, 0.0, 1.0)
    picture = fit_photo(photo, mask, (160, 96), "crop")
    assert (picture[0, 40:56, :3] == [255, 0, 0]).all()  # the object itself touches the upper edge
    assert (picture[0, :, 3] == 0).all()
    photo, mask = scene(100, 100, slice(10, 90), slice(0, 30))
    photo[:, :2] = (0.0, 0.0, 1.0)
    assert (fit_photo(photo, mask, (96, 96), "crop")[40, :30, :3] == [0, 0, 255]).all()


def test_the_crop_is_the_window_that_a_trained_model_is_shown():
    photo, mask = scene(300, 200, slice(60, 250), slice(70, 130))
    crop = square_crop(mask, width=96 / 160)
    window = middle_columns(crop.apply(photo, 160), 96)
    inside = middle_columns(crop.apply(mask, 160), 96) > 0.5
    picture = fit_photo(photo, mask, (160, 96), "crop")
    np.testing.assert_array_equal(picture[..., 3] > 0, inside)
    np.testing.assert_allclose(picture[..., :3][inside] / 255.0, window[inside], atol=0.5 / 255)


def test_a_shrunk_pixel_is_the_mean_of_what_it_covers():
    photo = np.indices((320, 192)).sum(axis=0)[..., None].repeat(3, axis=2) % 2  # a chessboard of single pixels
    mask = np.ones((320, 192), np.float32)
    for fit in ("crop", "stretch"):
        inner = fit_photo(photo.astype(np.float32), mask, (80, 48), fit)[10:-10, 10:-10, :3]
        assert abs(inner.astype(float) - 127.5).max() <= 10


def test_stretching_keeps_every_edge_where_it_was():
    photo, mask = scene(200, 200, slice(0, 100), slice(50, 200))
    picture = fit_photo(photo, mask, (160, 96), "stretch")
    assert extent(picture[..., 3]) == (0, 80, 24, 96)


def test_padding_to_a_square_is_black_and_background():
    photo, mask = scene(100, 200, slice(0, 100), slice(50, 150))
    picture = fit_photo(photo, mask, (64, 64), "pad")
    assert extent(picture[..., 3]) == (16, 48, 16, 48)
    assert (picture[:16] == 0).all()
    assert (picture[48:] == 0).all()


@pytest.mark.parametrize("fit", ["crop", "stretch", "pad"])
def test_an_empty_mask_is_refused(fit: Fit):
    with pytest.raises(MaskError, match="empty"):
        fit_photo(np.zeros((50, 50, 3), np.float32), np.zeros((50, 50), np.float32), (64, 64), fit)


@given(
    height=st.integers(20, 200),
    width=st.integers(20, 200),
    size=st.sampled_from([(160, 96), (64, 64), (96, 160)]),
    data=st.data(),
)
def test_the_object_is_never_cut(height: int, width: int, size: tuple[int, int], data: st.DataObject):
    top, left = data.draw(st.integers(0, height - 8)), data.draw(st.integers(0, width - 8))
    bottom, right = data.draw(st.integers(top + 8, height)), data.draw(st.integers(left + 8, width))
    photo, mask = scene(height, width, slice(top, bottom), slice(left, right))
    seen = fit_photo(photo, mask, size, "crop")[..., 3] > 0
    assert seen.any()
    assert not seen[[0, -1]].any()
    assert not seen[:, [0, -1]].any()
