"""Template units to metres, the photo's camera to Blender's; no Blender needed."""

import numpy as np
import pytest
from mirror_addon.geometry import Placement, Pose, camera_axes, camera_eye, camera_matrix, lens, place, to_metres


def test_up_is_z_and_the_front_faces_minus_y():
    unit = Placement(1.0, 0.0)
    np.testing.assert_allclose(to_metres(np.array([0.0, 1.0, 0.0]), unit), [0, 0, 1])
    np.testing.assert_allclose(to_metres(np.array([0.0, 0.0, 1.0]), unit), [0, -1, 0])
    np.testing.assert_allclose(to_metres(np.array([1.0, 0.0, 0.0]), unit), [1, 0, 0])


def test_a_placed_model_has_its_height_and_stands_on_the_ground():
    vertices = np.array([[0.1, -0.9, 0.0], [0.3, 0.5, 0.2]])
    metres = to_metres(vertices, place(vertices, 1.7))
    np.testing.assert_allclose(metres[:, 2], [0.0, 1.7], atol=1e-12)
    # x = 0 stays x = 0.
    np.testing.assert_allclose(metres[:, 0], vertices[:, 0] * 1.7 / 1.4)


def test_the_camera_in_front_looks_along_plus_y_with_z_up():
    matrix = camera_matrix(Pose(0, 0, 2.5, (0, 0)), Placement(2.0, 1.8))
    np.testing.assert_allclose(matrix[:3, 3], [0, -5.0, 1.8], atol=1e-12)
    right, up, backward = matrix[:3, :3].T
    np.testing.assert_allclose(right, [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(up, [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(backward, [0, -1, 0], atol=1e-12)


def test_azimuth_90_is_the_side_plus_x_and_elevation_is_upwards():
    np.testing.assert_allclose(camera_eye(Pose(90, 0, 2, (0, 0))), [2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(camera_eye(Pose(0, 90, 2, (0, 0))), [0, 2, 0], atol=1e-12)


@pytest.mark.parametrize("elevation", [-90, -30, 0, 89.9999, 90])
@pytest.mark.parametrize("azimuth", [-180, -45, 0, 100])
def test_the_axes_are_a_rotation_at_every_angle(azimuth, elevation):
    axes = camera_axes(Pose(azimuth, elevation, 2.5, (0, 0)))
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(axes) == pytest.approx(1.0)


def test_the_offset_is_what_the_camera_looks_at():
    pose = Pose(30, 10, 2.5, (0.2, -0.3))
    seen = camera_axes(pose) @ (np.array([0.2, -0.3, 0.0]) - camera_eye(pose))
    np.testing.assert_allclose(seen[:2], 0.0, atol=1e-12)
    assert seen[2] < 0


def test_a_crop_that_is_the_photo_needs_no_shift():
    # tan of half the view is 0.4 over half the sensor, 18 mm: 45 mm.
    assert lens((0, 0, 512), (512, 512)) == pytest.approx((45.0, 0.0, 0.0))


def test_a_crop_beside_the_middle_shifts_the_picture():
    millimetres, shift_x, shift_y = lens((400, 0, 200), (800, 200))
    # The crop's centre, 100 of 800 pixels right of the photo's, is the axis: the picture reaches further left.
    assert (millimetres, shift_x, shift_y) == pytest.approx((45.0 / 4, -0.125, 0.0))


def test_in_a_portrait_photo_the_height_is_the_measure():
    millimetres, shift_x, shift_y = lens((0, 100, 200), (200, 800))
    # The axis is 200 pixels above the middle: the picture reaches further down.
    assert (millimetres, shift_x, shift_y) == pytest.approx((45.0 / 4, 0.0, -0.25))
