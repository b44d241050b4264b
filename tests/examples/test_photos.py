"""The example photos: small, complete, and with a plain border, so that the mask found is the one rendered."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mirror_core.images import read_photo
from mirror_core.masking import find_mask

EXAMPLES = Path(__file__).parents[2] / "examples"
PHOTOS = sorted(EXAMPLES.glob("*.jpg"))


def test_there_are_garments_and_a_figure() -> None:
    assert [photo.stem for photo in PHOTOS] == ["dress", "figure", "trousers", "tshirt"]


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.stem)
def test_a_photo_is_small(photo: Path) -> None:
    assert photo.stat().st_size < 300_000


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.stem)
def test_the_mask_found_is_the_rendered_one(photo: Path) -> None:
    truth = np.asarray(Image.open(EXAMPLES / f"{photo.stem}_mask.png"), dtype=np.float32) / 255
    found = find_mask(read_photo(photo)).values
    assert found.shape == truth.shape
    iou = np.minimum(found, truth).sum() / np.maximum(found, truth).sum()
    assert iou > 0.97, f"IoU {iou:.3f}"
