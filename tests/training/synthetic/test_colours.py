"""Colours change as said, transparency never."""

import numpy as np
import pytest

from training.synthetic.colours import dye, hair_colour, shift


def plain(red: int, green: int, blue: int, alpha: int = 255) -> np.ndarray:
    return np.full((2, 2, 4), (red, green, blue, alpha), np.uint8)


def test_a_plain_picture_takes_the_colour() -> None:
    assert dye(plain(10, 200, 90), (120.0, 60.0, 30.0))[0, 0].tolist() == [120, 60, 30, 255]


def test_light_and_dark_stay_so_in_the_new_colour() -> None:
    picture = plain(100, 100, 100)
    picture[0] = (50, 50, 50, 255)  # mean 75
    dyed = dye(picture, (150.0, 75.0, 30.0))
    assert dyed[0, 0].tolist() == [120, 60, 24, 255]  # 0.4 + 0.6 * 50 / 75 = 0.8 of the colour
    assert dyed[1, 0].tolist() == [180, 90, 36, 255]


def test_what_is_transparent_does_not_count_for_the_mean() -> None:
    picture = plain(100, 100, 100)
    picture[0] = (255, 255, 255, 0)
    assert dye(picture, (100.0, 50.0, 20.0))[1, 0].tolist() == [100, 50, 20, 255]
    assert dye(picture, (100.0, 50.0, 20.0))[0, 0, 3] == 0


def test_nothing_changes_without_a_change() -> None:
    np.testing.assert_allclose(shift(plain(200, 30, 90), 0.0, 1.0, 1.0), plain(200, 30, 90), atol=1)


@pytest.mark.parametrize("hue", [-170.0, 45.0, 90.0])
def test_greys_only_change_their_brightness(hue: float) -> None:
    np.testing.assert_allclose(shift(plain(100, 100, 100, 7), hue, 1.5, 1.2), plain(120, 120, 120, 7), atol=1)


def test_without_saturation_brightness_is_left() -> None:
    np.testing.assert_allclose(shift(plain(200, 0, 0), 0.0, 0.0, 1.0)[0, 0], [60, 60, 60, 255], atol=1)


def test_half_a_turn_is_the_complementary_side() -> None:
    red, green, blue, _ = shift(plain(180, 80, 80), 180.0, 1.0, 1.0)[0, 0]
    assert red < green
    assert red < blue


def test_hair_is_hardly_ever_light_where_it_is_dark() -> None:
    rng = np.random.default_rng(0)
    light = [max(hair_colour(rng, old=False, dark=True)) > 110 for _ in range(400)]
    assert np.mean(light) < 0.06
    assert np.mean([max(hair_colour(rng, old=True, dark=True)) > 110 for _ in range(400)]) > 0.5
