"""Random flips and crops: the window's limits, and that photo and mask stay together."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from training.datasets import Augmentation

SIZE = (40, 30)


def picture(count: int = 1) -> Tensor:
    """Red grows with the column, green with the row, blue is 1; a mask in the middle."""
    height, width = SIZE
    values = torch.zeros(count, 4, height, width)
    values[:, 0] = torch.linspace(0.1, 1.0, width)
    values[:, 1] = torch.linspace(0.1, 1.0, height)[:, None]
    values[:, 2] = 1.0
    values[:, 3, 10:30, 8:20] = 1.0
    return values


def random(*numbers: float) -> Tensor:
    """The flip's number and those of the left, upper, right and lower side."""
    return torch.tensor([numbers])


STILL, LOW, HIGH, MIDDLE = 0.9, 0.0, 0.999, 0.5


def test_the_plain_flip_mirrors_the_columns():
    plain = Augmentation(flip=0.5, crop="none")
    flipped = plain(picture(), random(0.4, 0, 0, 0, 0))
    torch.testing.assert_close(flipped, picture().flip(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(plain(picture(), random(0.6, 0, 0, 0, 0)), picture(), atol=1e-5, rtol=0)


def test_the_whole_padded_picture_is_the_largest_window():
    out = Augmentation(pad=5)(picture(), random(STILL, LOW, LOW, LOW, LOW))
    # 5 of 40 columns' worth of black on each side: 30 * 5/40 = 3.75 pixels left and right, 40 * 5/50 = 4 above
    blue = out[0, 2]
    assert (blue[:, :3] < 0.2).all()
    assert (blue[:4] == 0).all()
    assert (blue[4:36, 4:26] > 0.99).all()


def test_the_picture_itself_is_the_smallest_window():
    out = Augmentation(pad=5)(picture(), random(STILL, HIGH, HIGH, HIGH, HIGH))
    torch.testing.assert_close(out, picture(), atol=1e-5, rtol=0)


def test_independent_sides_change_the_aspect():
    out = Augmentation(pad=10)(picture(), random(STILL, LOW, HIGH, LOW, HIGH))  # columns padded, rows not
    mask = out[0, 3]
    rows, columns = mask.any(dim=1).sum().item(), mask.any(dim=0).sum().item()
    assert rows == 20
    assert abs(columns - 12 * 30 / 50) <= 1


def test_the_same_size_only_shifts_by_whole_pixels():
    out = Augmentation(pad=10, crop="same")(picture(), random(STILL, LOW, MIDDLE, 0, 0))  # 10 columns to the left
    torch.testing.assert_close(out[0, :, :, 10:], picture()[0, :, :, :-10], atol=1e-5, rtol=0)
    assert (out[0, :, :, :9] == 0).all()


def test_the_edge_is_repeated_but_never_foreground():
    touching = picture()
    touching[:, 3] = 1.0
    out = Augmentation(pad=5, fill="edge")(touching, random(STILL, LOW, LOW, LOW, LOW))
    assert (out[0, 2] > 0.999).all()
    assert (out[0, 3, :3] == 0).all()
    assert (out[0, 3, 5:35, 5:25] == 1).all()


@given(seed=st.integers(0, 999), crop=st.sampled_from(["independent", "same"]), fill=st.sampled_from(["zero", "edge"]))
def test_photo_and_mask_stay_together_and_in_range(seed: int, crop: str, fill: str):
    generator = torch.Generator().manual_seed(seed)
    augmentation = Augmentation(pad=4, crop=crop, fill=fill)
    marked = picture(3)
    marked[:, 2] = marked[:, 3]
    out = augmentation(marked, augmentation.draw(3, generator))
    assert set(out[:, 3].unique().tolist()) <= {0.0, 1.0}
    assert ((out[:, 2] > 0.5) == (out[:, 3] > 0.5)).all()
    assert out.min() >= 0
    assert out.max() <= 1 + 1e-6


def test_half_of_the_photos_are_flipped():
    augmentation = Augmentation(crop="none")
    out = augmentation(picture(400), augmentation.draw(400, torch.Generator().manual_seed(1)))
    flipped = (out[:, 0, 0, 0] > out[:, 0, 0, -1]).float().mean().item()
    assert 0.4 < flipped < 0.6
