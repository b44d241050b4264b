"""The weak-perspective camera and how the perspective renderer draws through it."""

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.attributes.weak_perspective import quaternion
from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer
from mirror_core.rendering.projection import camera_space, image_scale

NUMBERS = strategies.floats(-1.0, 1.0)
ROTATIONS = strategies.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS).filter(lambda q: sum(v * v for v in q) > 0.1)


def weak(rotation=(1.0, 0.0, 0.0, 0.0), scale: float = 0.9, translation=(0.0, 0.0)) -> WeakPerspective:
    return WeakPerspective(torch.tensor([scale]), torch.tensor([translation]), torch.tensor([rotation]))


def seen(points: torch.Tensor, camera: Camera | WeakPerspective) -> torch.Tensor:
    """NDC through the renderer's own projection."""
    space = camera_space(points, camera)
    return space[..., :2] * space.new_tensor(image_scale((1, 1))) / -space[..., 2:]


@hypothesis.given(ROTATIONS, strategies.floats(0.2, 2.0), strategies.tuples(NUMBERS, NUMBERS))
def test_points_are_seen_at_scale_times_rotation_plus_translation(rotation, scale, translation):
    camera = weak(rotation, scale, translation)
    points = torch.randn(1, 20, 3, generator=torch.Generator().manual_seed(1))
    w, *xyz = np.array(rotation) / np.linalg.norm(rotation)
    turned = points[0].numpy()
    twice = 2.0 * np.cross(xyz, turned)
    expected = scale * (turned + w * twice + np.cross(xyz, twice))[:, :2] + translation
    assert np.allclose(seen(points, camera)[0], expected, atol=1e-4)


def test_a_quarter_turn_about_y_shows_the_side():
    """Azimuth 90 looks at +x: what lies towards +z is then on the left."""
    half = 0.5**0.5
    rotation = quaternion(Camera.single(azimuth=90.0).rotation())
    assert rotation[0].tolist() == pytest.approx([half, 0.0, -half, 0.0], abs=1e-6)
    assert seen(torch.tensor([[[0.0, 0.0, 1.0]]]), weak(rotation[0].tolist(), 0.5))[0, 0].tolist() == pytest.approx(
        [-0.5, 0.0], abs=1e-6
    )


@hypothesis.given(ROTATIONS)
def test_quaternions_come_back_from_their_matrices(rotation):
    camera = weak(rotation)
    again = weak(quaternion(camera.matrix())[0].tolist())
    assert torch.allclose(camera.matrix(), again.matrix(), atol=1e-5)


def test_depth_decides_what_is_in_front():
    camera = weak()
    space = camera_space(torch.tensor([[[0.0, 0.0, 0.5], [0.0, 0.0, -0.5]]]), camera)
    assert space[0, 0, 2] > space[0, 1, 2]  # nearer to the eye
    assert (space[..., 2] < 0).all()


def test_an_ellipsoid_covers_the_ellipse_that_it_should():
    template = make_template(2562)
    picture = Renderer(image_size=(128, 128))(template.vertices[None], template, weak(scale=0.8))
    row, column = np.mgrid[0:128, 0:128]
    x, y = (2 * column + 1 - 128) / 128, (127 - 2 * row) / 128
    ellipse = (x / (0.8 * 0.45)) ** 2 + (y / (0.8 * 0.9)) ** 2 <= 1.0
    difference = (picture.mask[0, 0].numpy() > 0.5) ^ ellipse
    assert difference.sum() / ellipse.sum() < 0.01


def test_gradients_reach_every_part_of_the_camera():
    camera = weak((0.9, 0.1, 0.3, -0.1), 0.8, (0.1, -0.1))
    leaves = [v.clone().requires_grad_() for v in (camera.scale, camera.translation, camera.rotation)]
    template = make_template(642)
    texture = torch.rand(1, 3, 16, 32)
    picture = Renderer(image_size=(64, 64))(template.vertices[None], template, WeakPerspective(*leaves), texture)
    assert picture.rgb is not None
    gradients = torch.autograd.grad((picture.rgb * torch.rand(1, 3, 64, 64)).sum(), leaves)
    assert all(torch.isfinite(g).all() and g.abs().sum() > 0 for g in gradients)


def test_cmr_cameras_see_the_same_in_their_own_axes():
    rotation, scale, translation = (
        torch.tensor([[0.5, 0.5, -0.5, 0.5]]),
        torch.tensor([0.7]),
        torch.tensor([[0.1, 0.2]]),
    )
    points = torch.randn(1, 5, 3)
    theirs = scale * (points @ weak(rotation[0].tolist()).matrix()[0].T)[..., :2] + translation
    ours = seen(points, WeakPerspective.from_cmr(scale, translation, rotation))
    assert torch.allclose(ours, theirs * torch.tensor([1.0, -1.0]), atol=1e-5)


@pytest.mark.parametrize(("azimuth", "elevation", "offset"), [(0.0, 0.0, (0.0, 0.0)), (40.0, 20.0, (0.1, -0.05))])
def test_near_and_nearest_are_inverse_for_small_things(azimuth: float, elevation: float, offset: tuple[float, float]):
    camera = Camera.single(azimuth, elevation, 2.5, offset)
    points = 0.01 * torch.randn(1, 20, 3)
    flat = WeakPerspective.near(camera)
    assert torch.allclose(seen(points, flat), seen(points, camera), atol=2e-3)
    assert torch.allclose(seen(points, flat.nearest()), seen(points, camera), atol=0.02)


def test_light_is_refused():
    template = make_template(642)
    with pytest.raises(InputError, match="knows no light"):
        Renderer(image_size=(8, 8))(template.vertices[None], template, weak(), torch.ones(1, 3, 2, 2), torch.ones(1, 9))


def test_one_camera_for_two_meshes_is_refused():
    template = make_template(642)
    with pytest.raises(InputError, match="camera scale"):
        Renderer(image_size=(8, 8))(template.vertices.expand(2, -1, -1), template, weak())
