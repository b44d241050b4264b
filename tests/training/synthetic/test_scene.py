"""A photo and its truth agree."""

import numpy as np
import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.mesh import Template
from mirror_core.rendering import Renderer
from tests.training.synthetic.balls import ball, figure
from training.synthetic.laid import VERTICES
from training.synthetic.scene import Place, SceneSettings, seen_by
from training.synthetic.studio.shoot import shoot
from training.synthetic.subject import SIZE, Subject, surface
from training.synthetic.truth import Truth


@pytest.fixture(scope="module")
def truth() -> Truth:
    place = Place(settings=SceneSettings(size=(128, 128), views=(180,)))
    return place.photograph(Subject.of(figure(0.5, (3.0, 1.0, -2.0))), "ball", np.random.default_rng(1))[0]


def test_the_figure_is_centred_and_of_the_template_s_size(truth: Truth) -> None:
    np.testing.assert_allclose(np.linalg.norm(truth.vertices, axis=1), SIZE / 2, atol=1e-3)
    assert truth.metres == pytest.approx(1.0 / SIZE, rel=1e-3)  # a ball of 1 m is 1.8 units high
    np.testing.assert_allclose(truth.key_points, 0.0, atol=1e-3)


def test_the_project_s_renderer_sees_the_same_mask(truth: Truth) -> None:
    vertices, faces = torch.from_numpy(truth.vertices), torch.from_numpy(truth.faces).long()
    number = torch.arange(len(vertices))
    mesh = Template(vertices, faces, torch.zeros(len(vertices), 2), faces, number, number, number)
    render = Renderer(image_size=(128, 128))
    image = render(vertices[None], mesh, truth.camera, torch.zeros(1, 3, 4, 4))
    drawn, photographed = image.mask[0, 0].numpy() > 0.5, truth.mask > 127
    assert (drawn & photographed).sum() / (drawn | photographed).sum() > 0.98


def test_parts_lie_where_the_mask_is(truth: Truth) -> None:
    np.testing.assert_array_equal(truth.parts == 41, truth.mask > 127)


def test_the_view_from_behind_shows_the_other_side(truth: Truth) -> None:
    middle = truth.views[180][128, 128]
    away = abs((float(truth.camera.azimuth) + 180 + 180) % 360 - 180) > 90
    assert middle[3] == 255
    assert middle[2 if away else 0] > middle[0 if away else 2]


def test_only_the_side_that_faces_the_camera_is_visible() -> None:
    camera = Camera.single(0.0, 0.0, 3.0)
    light = np.float32([1 / 0.28209479177] + [0] * 8)
    shot = shoot([ball(0.9)], camera, light, (64, 64))
    points = np.float32([[0, 0, 0.9], [0, 0, -0.9], [0.1, 0.5, -0.7], [5.0, 0, 0]])
    assert seen_by(camera, shot, points).tolist() == [255, 0, 0, 0]


def test_a_surface_joins_pieces_and_leaves_unused_vertices_out() -> None:
    one, two = ball(0.5), ball(0.2, (2.0, 0.0, 0.0))
    spare = one.at(np.concatenate([one.vertices, np.zeros((5, 3), np.float32)]))
    vertices, faces, parts = surface((spare, two))
    assert len(vertices) == len(one.vertices) + len(two.vertices)
    assert faces.max() == len(vertices) - 1
    assert len(parts) == len(faces) == 2 * len(one.faces)
    np.testing.assert_allclose(vertices[faces[-1]], two.vertices[two.faces[-1]])


def test_the_same_chances_give_the_same_photo() -> None:
    place = Place(settings=SceneSettings(size=(64, 32)))
    one, two = (place.photograph(Subject.of(figure()), "ball", np.random.default_rng(5)) for _ in range(2))
    assert one[1] == two[1]
    assert (one[0].mask == two[0].mask).all()


def test_the_laid_template_is_the_ball(truth: Truth) -> None:
    assert truth.template.shape == (VERTICES, 3)
    assert abs(np.linalg.norm(truth.template, axis=1) - SIZE / 2).mean() < 0.02
