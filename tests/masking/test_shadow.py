"""A soft shadow beside the object is background, although it is darker than the rest of it."""

import cv2
import numpy as np
import pytest
from helpers.photos import make_photo, overlap, shirt

from mirror_core.masking import find_mask


@pytest.mark.parametrize("darkness", [0.15, 0.25])
def test_a_shadow_on_the_wall_is_left_out(darkness: float):
    photo, truth = shirt()
    shadow = cv2.GaussianBlur(np.roll(truth, (8, 8), axis=(0, 1)).astype(np.float32), (0, 0), 3.0)
    darker = photo.pixels * (1.0 - darkness * shadow[..., None])
    shaded = make_photo(np.where(truth[..., None], photo.pixels, darker))
    assert overlap(find_mask(shaded, "border").values > 0.5, truth) > 0.97
