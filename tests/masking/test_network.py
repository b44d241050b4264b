"""The segmenter's network: sizes, files, and how a photo of any shape is shown to it."""

import numpy as np
import pytest
import torch
from torch import nn

from mirror_core.errors import InputError
from mirror_core.masking.learned import probability
from mirror_core.masking.network import MaskConfig, MaskNetwork

SMALL = MaskConfig(fine=2, widths=(4, 6, 8), long_side=64)


@pytest.mark.parametrize("size", [(64, 48), (48, 64), (32, 32), (33, 47)])
def test_there_is_a_score_for_each_pixel(size: tuple[int, int]):
    assert MaskNetwork(SMALL)(torch.rand(2, 3, *size)).shape == (2, 1, *size)


def test_every_level_has_its_say():
    """A gradient reaches all weights: nothing is left out on the way down or up."""
    network = MaskNetwork(SMALL)
    network(torch.rand(2, 3, 64, 48)).square().mean().backward()
    assert all(float(weight.grad.abs().sum()) > 0 for weight in network.parameters() if weight.grad is not None)
    assert all(weight.grad is not None for weight in network.parameters())


def test_the_usual_size_fits_four_megabytes_in_half_precision():
    assert 2 * sum(weight.numel() for weight in MaskNetwork().parameters()) < 4_000_000


def test_saved_in_half_precision_it_scores_nearly_the_same(tmp_path):
    network = MaskNetwork(SMALL).eval()
    network.save_pretrained(tmp_path / "small")
    again = MaskNetwork.from_pretrained(tmp_path / "small")
    assert again.config == SMALL
    assert not again.training
    picture = torch.rand(1, 3, 32, 48)
    torch.testing.assert_close(again(picture), network(picture), atol=2e-2, rtol=2e-2)


def test_another_kind_of_model_is_refused():
    with pytest.raises(InputError, match="holds a model of the kind 'GarmentNetwork', not 'MaskNetwork'"):
        MaskNetwork.from_pretrained("garment-features")


class _Redness(nn.Module):
    """Scores 0 and above where there is more red than half, and keeps what it was shown."""

    config = SMALL

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        self.shown = picture
        return 20.0 * (picture[:, :1] - 0.5)


@pytest.mark.parametrize(("photo", "shown"), [((300, 200), (64, 48)), ((200, 300), (48, 64)), ((30, 30), (64, 64))])
def test_photos_of_any_shape_are_shown_at_the_networks_size(photo: tuple[int, int], shown: tuple[int, int]):
    """Sides are multiples of 16: 64 x 42.7 becomes 64 x 48."""
    network = _Redness()
    assert probability(np.zeros((*photo, 3), np.float32), network).shape == shown
    assert network.shown.shape == (2, 3, *shown)


def test_a_strip_is_not_shown_thinner_than_the_lowest_level_can_bear():
    assert probability(np.zeros((400, 20, 3), np.float32), _Redness()).shape == (64, 32)


def test_the_mirror_image_is_asked_too_and_turned_back():
    photo = np.zeros((64, 64, 3), np.float32)
    photo[:, :16, 0] = 1.0
    found = probability(photo, _Redness())
    assert found[:, :16].min() > 0.99
    assert found[:, 16:].max() < 0.01
