"""Masks by the network: it says where, the photo's colours say where exactly; and how sure it is."""

import numpy as np
import pytest
import torch
from helpers.data import shared_data
from helpers.photos import make_photo, overlap, shirt
from torch import nn

from mirror_core.images import read_photo
from mirror_core.masking import find_mask, learned
from mirror_core.masking.learned import expected_overlap, network_mask
from mirror_core.masking.network import MaskConfig, MaskNetwork


class _Blob(nn.Module):
    """Is as sure as its score of a disk in the middle, and of the opposite beyond another, whatever the photo shows."""

    config = MaskConfig(long_side=64)

    def __init__(self, score: float, inner: float, outer: float) -> None:
        super().__init__()
        self.score, self.inner, self.outer = score, inner, outer

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        y, x = (torch.linspace(-1, 1, side) for side in picture.shape[2:])
        radius = (y[:, None].square() + x[None].square()).sqrt()
        surely = torch.where(radius < self.inner, self.score, torch.where(radius > self.outer, -self.score, 0.1))
        return surely.expand(len(picture), 1, -1, -1)


def test_colours_decide_where_the_network_does_not():
    """The network knows the shirt's middle and the photo's corners only."""
    photo, truth = shirt()
    mask = network_mask(photo, _Blob(6.0, inner=0.25, outer=1.2))
    assert mask.method == "network"
    assert mask.values.dtype == np.float32
    assert mask.values.shape == photo.size
    assert overlap(mask.values > 0.5, truth) > 0.97


def test_what_the_network_is_sure_of_stays_whatever_its_colour():
    photo, truth = shirt()
    mask = network_mask(photo, _Blob(6.0, inner=0.6, outer=0.6))
    y, x = np.mgrid[-1 : 1 : photo.size[0] * 1j, -1 : 1 : photo.size[1] * 1j]
    disk = np.hypot(y, x) < 0.6
    assert overlap(mask.values > 0.5, disk) > 0.9
    assert overlap(mask.values > 0.5, truth) < 0.8


def test_a_network_in_doubt_makes_a_mask_in_doubt():
    photo, _ = shirt()
    sure, unsure = (network_mask(photo, _Blob(score, 0.5, 0.5)).confidence for score in (6.0, 0.5))
    assert sure > unsure + 0.1


def test_expected_overlap_by_hand():
    """Two pixels found with 0.9 and 0.7, one missed with 0.3: 1.6 of 2.3."""
    likely = np.array([[0.9, 0.7, 0.3, 0.0]], np.float32)
    found = np.array([[True, True, False, False]])
    assert expected_overlap(likely, found) == pytest.approx(1.6 / 2.3)
    assert expected_overlap(np.zeros((2, 2), np.float32), np.zeros((2, 2), bool)) == 0.0
    certain = found.astype(np.float32)
    assert expected_overlap(certain, found) == 1.0


def test_the_shipped_network_is_small_and_read_once():
    network = learned.shipped_network()
    assert network is learned.shipped_network()
    assert not network.training
    assert 2 * sum(weight.numel() for weight in MaskNetwork.from_pretrained().parameters()) < 4_000_000


def test_the_same_photo_gives_the_same_mask():
    photo, _ = shirt()
    np.testing.assert_array_equal(find_mask(photo, "network").values, find_mask(photo, "network").values)


@pytest.mark.parametrize("size", [(40, 40), (33, 500), (900, 40)])
def test_photos_of_odd_shapes_give_a_mask_of_their_size(size: tuple[int, int]):
    pixels = np.random.default_rng(0).random((*size, 3))
    assert network_mask(make_photo(pixels)).values.shape == size


@pytest.mark.parametrize(("kind", "least"), [("people", 0.8), ("garments", 0.9)])
def test_real_photos(kind: str, least: float):
    """Five photos that nothing was learnt from."""
    photos = sorted(shared_data(kind, "val").glob("*.jpg"))[:5]
    found: list[float] = []
    for path in photos:
        truth = read_photo(path.with_name(f"{path.stem}_{'parts' if kind == 'people' else 'mask'}.png")).pixels[..., 0]
        found.append(overlap(find_mask(read_photo(path), "network").values > 0.5, truth > 0.0))
    assert np.mean(found) > least
