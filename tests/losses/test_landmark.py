"""SMR's landmarks: read where a face is seen, by hand."""

import math

import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.losses import face_centres, landmark_loss
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer

UPPER, LOWER = [0.0, 0.5], [0.0, -0.5]
SEEN = torch.tensor([[True, True]])
FACES = torch.tensor([0, 1])


def _top_is_zero_bottom_is_one() -> torch.Tensor:
    """Two channels: the first is 10 in the upper half of the picture, the second in the lower."""
    features = torch.zeros(1, 2, 4, 4, dtype=torch.float64)
    features[0, 0, :2] = features[0, 1, 2:] = 10.0
    return features


def _loss(centres: list[list[float]], seen: torch.Tensor = SEEN, **options: bool) -> torch.Tensor:
    where = torch.tensor([centres], dtype=torch.float64)
    return landmark_loss(_top_is_zero_bottom_is_one(), where, seen, FACES, lambda found: found, **options)


def test_the_right_face_costs_next_to_nothing():
    assert _loss([UPPER, LOWER]).item() == pytest.approx(math.log(1 + math.exp(-10)))


def test_y_points_up_and_the_release_reads_upside_down():
    assert _loss([LOWER, UPPER]).item() == pytest.approx(math.log(1 + math.exp(10)))
    assert _loss([LOWER, UPPER], upside_down=True).item() == pytest.approx(math.log(1 + math.exp(-10)))


def test_not_knowing_costs_the_logarithm_of_the_number_of_faces():
    middle = [0.0, 0.0]
    assert _loss([middle, middle]).item() == pytest.approx(math.log(2))


def test_faces_that_are_not_seen_do_not_count():
    assert _loss([UPPER, UPPER], torch.tensor([[True, False]])).item() < 1e-3
    assert _loss([UPPER, UPPER], torch.tensor([[False, False]])).item() == 0.0


def test_gradient_moves_a_centre_to_where_its_face_is_recognised():
    centre = torch.tensor([[[0.0, 0.1], [0.0, -0.1]]], dtype=torch.float64, requires_grad=True)
    features = _top_is_zero_bottom_is_one()

    def of_centre(where: torch.Tensor) -> torch.Tensor:
        return landmark_loss(features, where, SEEN, FACES, lambda found: found)

    assert torch.autograd.gradcheck(of_centre, (centre,))
    (gradient,) = torch.autograd.grad(of_centre(centre), centre)
    assert gradient[0, 0, 1] < 0  # descending moves it up, into its half
    assert gradient[0, 1, 1] > 0


def test_a_face_s_centre_is_where_the_renderer_draws_it():
    template = make_template(642)
    camera = Camera.single(azimuth=30.0, elevation=10.0, distance=2.8, offset=(0.1, -0.2))
    image = Renderer(image_size=(64, 48))(template.vertices[None], template, camera)
    places, seen = face_centres(template.vertices[None], template.faces, camera, (64, 48))
    columns = ((places[0, :, 0] + 1) / 2 * 48).long()
    rows = ((1 - places[0, :, 1]) / 2 * 64).long()
    assert 0.35 < seen.float().mean() < 0.5  # of a convex body, somewhat less than half
    near = torch.nn.functional.max_pool2d(image.mask, 3, 1, 1)[0, 0]  # rim faces: within a pixel of the outline
    assert near[rows[seen[0]], columns[seen[0]]].min() == 1.0
    assert near[63 - rows[seen[0]], columns[seen[0]]].min() == 0.0


def test_a_face_behind_the_body_or_outside_the_picture_is_not_seen():
    template = make_template(642)
    back = template.faces[template.vertices[template.faces].mean(dim=1)[:, 2] < -0.1]
    assert not face_centres(template.vertices[None], back, Camera.single(), (64, 64))[1].any()
    far = Camera.single(distance=2.5, offset=(5.0, 0.0))
    assert not face_centres(template.vertices[None], template.faces, far, (64, 64))[1].any()
