"""The camera of Magic Mirror, at every angle."""

import math

import pytest
import torch
from helpers.numerics import assert_close
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import azimuth_from_vector
from mirror_core.errors import InputError

ANGLES = [-180.0, -135.0, -90.0, -45.0, 0.0, 30.0, 90.0, 180.0]
ELEVATIONS = [-90.0, -89.9, -30.0, 0.0, 15.0, 60.0, 89.9, 90.0]


def double(camera: Camera) -> Camera:
    return camera.to(torch.zeros(1, dtype=torch.float64))


@pytest.mark.parametrize(
    ("azimuth", "elevation", "eye"),
    [
        (0.0, 0.0, (0, 0, 2)),
        (90.0, 0.0, (2, 0, 0)),
        (180.0, 0.0, (0, 0, -2)),
        (-90.0, 0.0, (-2, 0, 0)),
        (0.0, 90.0, (0, 2, 0)),
        (0.0, -90.0, (0, -2, 0)),
    ],
)
def test_the_eye_is_where_the_angles_say(azimuth: float, elevation: float, eye: tuple[int, ...]) -> None:
    camera = double(Camera.single(azimuth, elevation, 2.0))
    assert_close(camera.eye()[0], torch.tensor(eye))


def test_from_the_front_right_is_x_and_up_is_y() -> None:
    assert_close(Camera.single().rotation()[0], torch.eye(3))


def test_from_the_side_the_front_is_on_the_left() -> None:
    right = Camera.single(azimuth=90.0).rotation()[0, 0]
    assert_close(right, torch.tensor([0.0, 0.0, -1.0]))


@pytest.mark.parametrize("elevation", ELEVATIONS)
@pytest.mark.parametrize("azimuth", ANGLES)
def test_the_axes_are_a_right_handed_frame_that_looks_at_the_origin(azimuth: float, elevation: float) -> None:
    camera = double(Camera.single(azimuth, elevation, 3.0))
    rotation = camera.rotation()[0]
    assert_close(rotation @ rotation.T, torch.eye(3))
    assert_close(torch.linalg.det(rotation), torch.tensor(1.0))
    assert_close(rotation @ camera.eye()[0], torch.tensor([0.0, 0.0, 3.0]))
    assert rotation[1, 1] >= -1e-12  # never upside down


@pytest.mark.parametrize("azimuth", ANGLES)
@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_straight_above_and_below_the_view_is_the_limit_of_those_nearby(azimuth: float, pole: float) -> None:
    at, near = (double(Camera.single(azimuth, e)).rotation() for e in (pole, pole * (1 - 1e-5)))
    torch.testing.assert_close(at, near, atol=1e-4, rtol=0)


def test_a_full_turn_changes_nothing() -> None:
    for azimuth in (-180.0, 10.0):
        one, other = (double(Camera.single(a, 20.0, 2.0, (0.1, -0.2))) for a in (azimuth, azimuth + 360.0))
        assert_close(one.eye(), other.eye())
        assert_close(one.rotation(), other.rotation())


@given(
    azimuth=st.floats(-180, 180),
    elevation=st.floats(-85, 85),
    distance=st.floats(1.5, 8),
    x=st.floats(-1, 1),
    y=st.floats(-1, 1),
)
def test_the_point_looked_at_is_straight_ahead(
    azimuth: float, elevation: float, distance: float, x: float, y: float
) -> None:
    camera = double(Camera.single(azimuth, elevation, distance, (x, y)))
    target = torch.tensor([x, y, 0.0], dtype=torch.float64).float().double()
    seen = camera.rotation()[0] @ (target - camera.eye()[0])
    assert_close(seen[:2], torch.zeros(2), factor=1e5)  # the angles are float32
    assert seen[2] < 0


@given(angle=st.floats(-179.9, 180))
def test_the_azimuth_of_a_direction_is_its_angle(angle: float) -> None:
    radians = math.radians(angle)
    direction = torch.tensor([[math.cos(radians), math.sin(radians)]], dtype=torch.float64)
    assert azimuth_from_vector(3.0 * direction).item() == pytest.approx(angle, abs=1e-9)


@pytest.mark.parametrize("direction", [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (-1.0, 1e-9)])
def test_the_azimuth_has_the_slope_of_an_angle_everywhere(direction: tuple[float, float]) -> None:
    vector = torch.tensor([direction], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(azimuth_from_vector(vector).sum(), vector)
    x, y = direction
    assert_close(slope[0], torch.tensor([-y, x], dtype=torch.float64) * (180 / math.pi))


def test_a_distance_that_is_not_positive_is_refused() -> None:
    for distance in (0.0, -1.0, math.nan):
        with pytest.raises(InputError, match="camera distance must be positive, but is"):
            Camera.single(distance=distance)


def test_parts_of_different_lengths_are_refused() -> None:
    with pytest.raises((InputError, TypeCheckError), match=r"elevation"):  # the session's type checks may come first
        Camera(torch.zeros(2), torch.zeros(3), torch.ones(2), torch.zeros(2, 2))
