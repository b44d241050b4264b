"""The twelve views, and the distances that are measured with them."""

import numpy as np
import pytest
import torch
from helpers.truths import TEMPLATE, egg, two_sided_texture
from torch import Tensor

from mirror_core.features import GarmentNetwork
from training.evaluation.fid import FrechetViews, Mesh
from training.evaluation.views12 import AZIMUTHS, BACK, FRONT, TEN, bird_cameras, bird_views, views_around

PIXELS = 48


def of_egg(azimuths: tuple[int, ...]) -> Tensor:
    return views_around(torch.from_numpy(egg()), TEMPLATE, two_sided_texture(), azimuths, pixels=PIXELS)


def colour(picture: Tensor) -> np.ndarray:
    """Mean of what is not white, (3,)."""
    inside = picture.min(dim=0).values < 0.95
    return picture[:, inside].mean(dim=1).numpy()


def test_there_are_twelve_and_really_ten():
    assert AZIMUTHS == (0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330)
    assert TEN == (0, 30, 60, 120, 150, 180, 210, 240, 300, 330)


def test_90_is_the_front_and_270_the_back():
    """The egg is red in front and blue behind."""
    front, back = (colour(picture) for picture in of_egg((FRONT, BACK)))
    assert front[[0, 2]].tolist() == pytest.approx([0.9, 0.0], abs=0.1)
    assert back[[0, 2]].tolist() == pytest.approx([0.0, 0.9], abs=0.1)


def test_from_the_side_both_are_seen():
    side = colour(of_egg((0,))[0])
    assert side[0] == pytest.approx(side[2], abs=0.15)


def test_pictures_are_on_white_and_hold_the_whole_shape():
    pictures = of_egg(AZIMUTHS)
    assert pictures.shape == (12, 3, PIXELS, PIXELS)
    border = torch.cat([pictures[..., 0, :], pictures[..., -1, :], pictures[..., 0], pictures[..., -1]], dim=2)
    assert bool((border == 1.0).all())


def test_place_does_not_count():
    vertices = torch.from_numpy(egg())
    moved = views_around(vertices + torch.tensor([3.0, -2.0, 1.0]), TEMPLATE, two_sided_texture(), pixels=PIXELS)
    assert (moved - of_egg(AZIMUTHS)).abs().mean() < 1e-3


def test_birds_show_their_side_first_and_their_front_at_90():
    """CUB's frame: x from side to side. Seen at 0 it runs along the line of sight, at 90 across the picture."""
    rotation = bird_cameras().matrix()
    across = rotation[:, :, 0]  # where the camera sees the axis of symmetry
    assert across[0].abs().tolist() == pytest.approx([0.0, 0.0, 1.0], abs=1e-6)
    assert across[3].abs().tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)
    assert (rotation[0] - rotation[6]).abs().max() > 1.0


def test_bird_cameras_have_the_papers_scale_and_no_shift():
    cameras = bird_cameras()
    assert cameras.scale.tolist() == pytest.approx([0.7] * 12)
    assert not cameras.translation.any()


def test_a_bird_is_drawn_whole_from_all_twelve_sides():
    ball = torch.nn.functional.normalize(TEMPLATE.vertices, dim=1)
    pictures = bird_views(ball, TEMPLATE, two_sided_texture(), pixels=PIXELS)
    share = (pictures.min(dim=1).values < 0.95).float().mean(dim=(1, 2))
    assert share.numpy() == pytest.approx(np.pi * 0.7**2 / 4.0, abs=0.03)


def gather(count: int, rendered_black: bool = False) -> FrechetViews:
    views = FrechetViews(GarmentNetwork.from_pretrained(), pixels=PIXELS)
    random = torch.Generator().manual_seed(0)
    mask = torch.zeros(1, 1, PIXELS, PIXELS)
    mask[..., 10:40, 15:35] = 1.0
    for number in range(count):
        photo = torch.rand(1, 3, PIXELS, PIXELS, generator=random)
        views.add_pair(photo, mask, photo * (0.0 if rendered_black else 1.0), mask)
        views.add_mesh(Mesh(torch.from_numpy(egg()) * (1.0 + 0.1 * number), TEMPLATE, two_sided_texture()))
    return views


def test_equal_pictures_have_distance_zero_and_others_not():
    same, black = gather(3).distances(), gather(3, rendered_black=True).distances()
    assert same["frechet_garment_1"] == pytest.approx(0.0, abs=1e-3)
    assert black["frechet_garment_1"] > 1.0
    assert same["frechet_garment_12"] > 0.1


def test_the_name_of_the_network_stands_in_every_key_and_the_counts_tell_how_many():
    views = gather(2)
    assert set(views.distances()) == {"frechet_garment_1", "frechet_garment_10", "frechet_garment_12"}
    assert views.counts() == {
        "network": "garment",
        "features": 64,
        "photos": 2,
        "pictures_10": 20,
        "pictures_12": 24,
    }


class Inception:
    """A stand-in that is called as the network is, and describes a picture by its corner's colour."""

    name = "inception"

    def describe(self, picture: Tensor) -> Tensor:
        return picture[:, :, 0, 0]


def test_with_inception_they_are_fids_and_fid_1_is_on_black():
    views = FrechetViews(Inception(), pixels=PIXELS)
    mask = torch.zeros(1, 1, 8, 8)
    for _ in range(2):
        views.add_pair(torch.rand(1, 3, 8, 8), mask, torch.rand(1, 3, 8, 8), mask)
        views.add_views(torch.ones(12, 3, 8, 8))
    found = views.distances()
    assert set(found) == {"fid_1", "fid_10", "fid_12"}
    assert found == pytest.approx({"fid_1": 0.0, "fid_10": 0.0, "fid_12": 0.0}, abs=1e-6)
    assert views.behind == 0.0
