"""From model space to the image plane."""

import math

import pytest
import torch
from helpers.numerics import assert_close
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.attributes import Camera
from mirror_core.rendering.projection import NOWHERE, camera_space, gather_corners, pixel_centres, project


def test_the_eye_is_the_origin_of_camera_space_and_the_target_is_on_its_negative_z() -> None:
    camera = Camera.single(33.0, 21.0, 2.2, (0.3, -0.1))
    points = torch.cat([camera.eye(), torch.tensor([[0.3, -0.1, 0.0]])])[None]
    seen = camera_space(points, camera)[0]
    assert_close(seen[0], torch.zeros(3))
    assert_close(seen[1, :2], torch.zeros(2))
    assert seen[1, 2] < 0


def test_the_top_of_the_field_of_view_is_at_two_fifths_of_the_distance() -> None:
    corners = torch.tensor([[[[0.0, 0.8, -2.0], [0.0, -0.8, -2.0], [0.8, 0.0, -2.0]]]])
    image = project(corners, (100, 100), cull_by_view=False).image[0, 0]
    assert_close(image, torch.tensor([[0.0, 1.0], [0.0, -1.0], [1.0, 0.0]]))


def test_a_wider_image_sees_more_at_the_sides_and_as_much_above() -> None:
    corners = torch.tensor([[[[0.8, 0.8, -2.0], [0.0, -0.8, -2.0], [0.8, 0.0, -2.0]]]])
    image = project(corners, (100, 200), cull_by_view=False).image[0, 0]
    assert_close(image[0], torch.tensor([0.5, 1.0]))


def test_counter_clockwise_faces_are_valid_and_others_are_not() -> None:
    corners = torch.tensor([[[[0.0, 0.0, -2.0], [1.0, 0.0, -2.0], [0.0, 1.0, -2.0]]]])
    assert project(corners, (8, 8), cull_by_view=False).valid.item()
    assert not project(corners.flip(2), (8, 8), cull_by_view=False).valid.item()


@pytest.mark.parametrize("z", [0.5, 0.0, -0.005])
def test_a_face_with_a_corner_behind_or_at_the_eye_is_nowhere_and_has_no_gradient(z: float) -> None:
    corners = torch.tensor([[[[0.0, 0.0, -2.0], [1.0, 0.0, -2.0], [0.0, 1.0, z]]]], requires_grad=True)
    faces = project(corners, (8, 8), cull_by_view=False)
    assert not faces.valid.item()
    assert (faces.image == NOWHERE).all()
    (gradient,) = torch.autograd.grad(faces.image.sum(), corners)
    assert not gradient.any()


def test_pixel_centres_are_kaolins() -> None:
    assert_close(pixel_centres(4), torch.tensor([-0.75, -0.25, 0.25, 0.75]))
    assert_close(pixel_centres(1), torch.zeros(1))


def test_corners_are_gathered_in_the_order_of_the_faces() -> None:
    points = torch.arange(8.0).reshape(1, 4, 2)
    corners = gather_corners(points, torch.tensor([[3, 0, 1]]))
    assert corners.tolist() == [[[[6, 7], [0, 1], [2, 3]]]]


@given(azimuth=st.floats(-180, 180), elevation=st.floats(-90, 90), turn=st.floats(-180, 180))
def test_turning_the_camera_turns_the_picture_of_the_turned_mesh_back(
    azimuth: float, elevation: float, turn: float
) -> None:
    points = torch.tensor([[[0.3, -0.2, 0.4], [0.1, 0.7, -0.3]]], dtype=torch.float64)
    a = math.radians(turn)
    rotation = torch.tensor(
        [[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]], dtype=torch.float64
    )
    still = camera_space(points, Camera.single(azimuth, elevation))
    moved = camera_space(points @ rotation.T, Camera.single(azimuth + turn, elevation))
    torch.testing.assert_close(still, moved, atol=3e-6, rtol=0)  # the angles are float32
