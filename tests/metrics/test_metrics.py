"""Measures on pictures and shapes with known answers."""

import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.mesh import make_template
from mirror_core.metrics import inverted_faces, mask_iou, ssim


def test_mask_iou_by_hand():
    a = torch.zeros(2, 1, 4, 4)
    a[:, :, :2] = 1
    b = torch.zeros(2, 1, 4, 4)
    b[0, :, 1:3] = 1  # one row in common, three in all
    b[1] = a[1]
    assert mask_iou(a, b).tolist() == pytest.approx([1 / 3, 1.0])


def test_two_empty_masks_have_no_overlap():
    assert mask_iou(torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)).item() == 0.0


def test_ssim_is_one_for_equal_pictures_and_falls_with_noise():
    picture = torch.rand(1, 3, 64, 64)
    noisy = (picture + 0.2 * torch.randn_like(picture)).clamp(0, 1)
    assert ssim(picture, picture) == pytest.approx(1.0, abs=1e-5)
    assert ssim(noisy, picture) < 0.9


def test_an_ellipsoid_shows_no_face_from_inside():
    template = make_template(642)
    assert inverted_faces(template.vertices[None], template, Camera.single(azimuth=30.0)) == 0.0


def test_an_ellipsoid_turned_inside_out_shows_nothing_else():
    template = make_template(642)
    inside_out = template.vertices[None] * torch.tensor([-1.0, 1.0, 1.0])
    assert inverted_faces(inside_out, template, Camera.single()) == 1.0
