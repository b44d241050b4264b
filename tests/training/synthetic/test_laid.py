"""The template laid onto a ball is that ball."""

import numpy as np
import pytest
import torch

from mirror_core.mesh import make_template
from mirror_core.mesh.normals import face_normals
from tests.training.synthetic.balls import ball
from training.synthetic.laid import TEXTURE, VERTICES, Laid, lay_template


@pytest.fixture(scope="module")
def laid() -> Laid:
    return lay_template([ball(0.9)], 0.9)


def test_every_vertex_lies_on_the_surface(laid: Laid) -> None:
    distance = np.linalg.norm(laid.vertices, axis=1)
    inner = np.abs(laid.vertices[:, 2]) > 0.1  # at the rim depth is steep: there pixels are coarse
    assert np.abs(distance[inner] - 0.9).max() < 0.02
    assert np.abs(distance - 0.9).mean() < 0.01


def test_front_is_in_front_and_mirrored_pairs_share_their_place(laid: Laid) -> None:
    template = make_template(VERTICES)
    front = template.vertices[:, 2].numpy() > 0.02
    assert (laid.vertices[front, 2] > 0).all()
    pairs = template.front_back.numpy()
    np.testing.assert_allclose(laid.vertices[front, :2], laid.vertices[pairs[front], :2], atol=1e-6)


def test_top_is_at_the_template_s_top(laid: Laid) -> None:
    top = int(make_template(VERTICES).vertices[:, 1].argmax())
    np.testing.assert_allclose(laid.vertices[top], [0, 0.9, 0], atol=0.05)


def test_the_texture_s_middle_is_the_front_and_its_sides_the_back(laid: Laid) -> None:
    height, width = TEXTURE
    middle, side = laid.texture[height // 2, width // 2], laid.texture[height // 2, 2]
    assert middle.tolist() == [255, 0, 0]
    assert side.tolist() == [0, 0, 255]


def test_texels_lie_on_the_surface_too(laid: Laid) -> None:
    height, width = TEXTURE
    np.testing.assert_allclose(laid.points[height // 2, width // 2], [0, 0, 0.9], atol=0.03)


def test_nothing_is_inside_out(laid: Laid) -> None:
    template = make_template(VERTICES)
    vertices = torch.from_numpy(laid.vertices)[None]
    outward = (face_normals(vertices, template.faces)[0] * vertices[0][template.faces].mean(dim=1)).sum(dim=1)
    assert float((outward < 0).float().mean()) < 0.02
