"""An answer is turned, scaled and shifted onto the mask, not bent."""

import numpy as np
import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.fitting.place import place
from mirror_core.mesh import make_template
from mirror_core.metrics import mask_iou
from mirror_core.rendering import Renderer

CAMERAS = [Camera.single(), Camera.single(azimuth=60.0, elevation=15.0, distance=3.0, offset=(0.1, -0.1))]
TEMPLATE = make_template(642)
RENDERER = Renderer(image_size=(128, 128))


def seen(vertices: np.ndarray, camera: Camera) -> torch.Tensor:
    return RENDERER(torch.from_numpy(vertices)[None].float(), TEMPLATE, camera).mask


@pytest.mark.parametrize("camera", CAMERAS)
def test_what_is_too_small_and_beside_comes_onto_the_mask(camera: Camera):
    truth = TEMPLATE.vertices.double().numpy() * 0.7
    mask = seen(truth, camera)
    answer = truth * 0.75 + np.array([0.1, -0.12, 0.0])
    assert float(mask_iou(seen(answer, camera), mask)[0]) < 0.7
    placed, turned = place(answer, camera, mask, "person")
    assert torch.equal(turned.azimuth, camera.azimuth)
    assert float(mask_iou(seen(placed, turned), mask)[0]) > 0.95


def test_its_proportions_and_its_size_stay():
    truth = TEMPLATE.vertices.double().numpy()
    placed, camera = place(truth * 0.5, CAMERAS[1], seen(truth * 0.7, CAMERAS[1]), "garment")
    shape = placed - placed.mean(axis=0)
    np.testing.assert_allclose(shape, 0.5 * (truth - truth.mean(axis=0)), atol=1e-9)
    assert float(camera.distance[0]) == pytest.approx(3.0 * 0.5 / 0.7, rel=0.02)


def test_what_fits_best_stays_as_it_is():
    """A sphere whose mask has a pole above it: no box is better than the sphere itself."""
    ball = TEMPLATE.vertices.double().numpy() * (0.8, 0.4, 1.6)
    mask = seen(ball, CAMERAS[0])
    mask[..., :40, 63:65] = 1.0
    found, turned = place(ball, CAMERAS[0], mask, "garment")
    assert found is ball
    assert float(turned.azimuth[0]) == 0.0


def test_an_empty_window_moves_nothing():
    ball = TEMPLATE.vertices.double().numpy()
    assert place(ball, CAMERAS[0], torch.zeros(1, 1, 32, 32), "garment")[0] is ball


@pytest.mark.parametrize(("kind", "turn"), [("garment", 60.0), ("person", 0.0)])
def test_a_side_view_taken_for_a_front_view_is_turned_if_that_wins_enough(kind: str, turn: float):
    """An ellipsoid of 0.45 by 0.36: by a turn of 60 degrees it wins more than 0.03 of overlap, but less than 0.2."""
    truth, side = TEMPLATE.vertices.double().numpy() * (1.0, 1.0, 1.6), Camera.single(azimuth=60.0)
    _, turned = place(truth, Camera.single(), seen(truth, side), kind)
    assert abs(float(turned.azimuth[0])) == pytest.approx(turn)
