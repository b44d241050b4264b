"""A photo of known sides gives the right texels, and only those it shows."""

import numpy as np
import pytest
import torch
from helpers.truths import egg, make_truth, two_sided_texture

from training.datasets.pseudo_truth import inverse_render

SIZE = 64


def known(azimuth: float) -> tuple[np.ndarray, np.ndarray]:
    truth = make_truth("egg", azimuth)
    photo = torch.from_numpy(truth.photo).permute(2, 0, 1).float() / 255
    mask = torch.from_numpy(truth.mask)[None].float() / 255
    shown = inverse_render(torch.from_numpy(egg()), truth.camera, photo, (mask > 0.5).float(), SIZE)
    return shown.colours, shown.visible


@pytest.mark.parametrize(("azimuth", "front"), [(0.0, True), (180.0, False)])
def test_a_photo_gives_the_side_it_shows_and_not_the_other(azimuth: float, front: bool):
    colours, visible = known(azimuth)
    truth = torch.nn.functional.interpolate(two_sided_texture(), (SIZE, SIZE))[0].permute(1, 2, 0).numpy()
    is_front = truth[..., 0] > 0.5
    assert visible[is_front].mean() > (0.4 if front else -1)
    assert visible[is_front].mean() < (2 if front else 0.02)
    assert visible[~is_front].mean() > (-1 if front else 0.4)
    assert visible[~is_front].mean() < (0.02 if front else 2)
    seen = visible > 0
    red_over_blue = colours[seen][:, 0] > colours[seen][:, 2]
    assert (red_over_blue == is_front[seen]).mean() > 0.97


def test_what_is_not_seen_is_black():
    colours, visible = known(30.0)
    assert (colours[visible == 0] == 0).all()
    assert set(np.unique(visible)) == {0.0, 1.0}


def test_a_mask_hides_texels():
    truth = make_truth("egg", 0.0)
    photo = torch.from_numpy(truth.photo).permute(2, 0, 1).float() / 255
    mask = (torch.from_numpy(truth.mask)[None].float() > 127).float()
    mask[:, : mask.shape[1] // 2] = 0.0
    shown = inverse_render(torch.from_numpy(egg()), truth.camera, photo, mask, SIZE)
    assert shown.visible[: SIZE // 4].max() == 0.0
    assert shown.visible[SIZE // 2 :].mean() > 0.2


def test_photos_may_be_taller_than_wide():
    """The camera's field of view is the photo's height; a narrower photo shows the same texels where nothing is cut."""
    truth = make_truth("egg", 0.0)
    photo = torch.from_numpy(truth.photo).permute(2, 0, 1).float() / 255
    mask = (torch.from_numpy(truth.mask)[None].float() > 127).float()
    whole = inverse_render(torch.from_numpy(egg()), truth.camera, photo, mask, SIZE)
    cut = slice(32, 224)
    assert not mask[..., :32].any()
    narrow = inverse_render(torch.from_numpy(egg()), truth.camera, photo[..., cut], mask[..., cut], SIZE)
    assert np.array_equal(whole.visible, narrow.visible)
    assert np.abs(whole.colours - narrow.colours).max() < 0.02
