"""Cloth comes out of what it lies in, by as much as is asked for, and not otherwise."""

import numpy as np
import pytest
import trimesh
from scipy.spatial import cKDTree

from training.synthetic.tailor.settle import Surface, find_normals, relax, settle

NONE = np.zeros((0, 3), np.int32)


def floor() -> Surface:
    """The plane y = 0, facing up, a point each centimetre."""
    x, z = np.meshgrid(np.arange(-0.2, 0.2, 0.01), np.arange(-0.2, 0.2, 0.01))
    points = np.stack([x.ravel(), np.zeros(x.size), z.ravel()], axis=1).astype(np.float32)
    return Surface.of(points, np.tile(np.float32([0, 1, 0]), (len(points), 1)))


def ball(radius: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    sphere = trimesh.creation.icosphere(subdivisions=4, radius=radius)
    return np.asarray(sphere.vertices, np.float32), np.asarray(sphere.faces, np.int32)


def test_points_below_the_floor_come_to_the_clearance_and_those_above_stay() -> None:
    cloth = np.float32([[0, -0.02, 0], [0.05, 0.001, 0.05], [0.1, 0.03, 0], [0, 5.0, 0]])
    settled = settle(cloth, NONE, floor(), 0.005)
    np.testing.assert_allclose(settled[:, 1], [0.005, 0.005, 0.03, 5.0], atol=1e-6)
    np.testing.assert_allclose(settled[:, [0, 2]], cloth[:, [0, 2]], atol=1e-6)


def test_each_point_may_have_its_own_clearance() -> None:
    cloth = np.float32([[0, 0, 0], [0.1, 0, 0]])
    settled = settle(cloth, NONE, floor(), np.float32([0.004, 0.012]))
    np.testing.assert_allclose(settled[:, 1], [0.004, 0.012], atol=1e-6)


def test_a_wide_face_is_lifted_over_a_bump_between_its_corners() -> None:
    vertices, faces = ball()
    cloth = np.float32([[-0.06, 0.09, -0.04], [0.06, 0.09, -0.04], [0, 0.09, 0.06]])  # its middle is inside the ball
    settled = settle(cloth, np.int32([[0, 2, 1]]), Surface.of_mesh(vertices, faces), 0.003)
    assert settled.mean(axis=0)[1] > 0.1


def test_neighbours_of_a_pushed_point_go_along_half_way() -> None:
    cloth = np.float32([[0, -0.02, 0], [0.1, 0.05, 0], [0, 0.05, 0.1], [0.1, 0.05, 0.1]])
    settled = settle(cloth, np.int32([[0, 2, 1], [1, 2, 3]]), floor(), 0.0, rounds=1)
    assert settled[0, 1] == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(settled[1:3, 1], 0.05 + 0.02 / 4, atol=1e-6)  # one of four neighbours, by face, moved
    assert settled[3, 1] == pytest.approx(0.05)


def test_the_nearest_point_is_found_and_none_when_it_is_far() -> None:
    rng = np.random.default_rng(0)
    vertices, faces = ball()
    surface = Surface.of_mesh(vertices, faces)
    points = (vertices + rng.normal(0, 0.01, vertices.shape)).astype(np.float32)
    np.testing.assert_array_equal(surface.nearest(points), cKDTree(surface.points).query(points)[1])
    assert surface.nearest(np.float32([[1, 1, 1], [0.3, 0, 0]])).tolist() == [-1, -1]


def test_the_next_layer_settles_on_the_first() -> None:
    vertices, faces = ball()
    body = Surface.of_mesh(vertices, faces)
    shirt = vertices * np.float32(1.08)
    coat = settle(vertices * np.float32(1.03), faces, body.under(shirt, faces), 0.004)
    assert np.linalg.norm(coat, axis=1).min() > 0.108


def test_linings_which_face_the_body_are_no_obstacle() -> None:
    vertices, faces = ball()
    body = Surface.of_mesh(vertices, faces)
    lining = body.under(vertices * np.float32(1.05), faces[:, ::-1].copy())
    assert len(lining.points) == len(body.points)


def test_normals_of_a_ball_point_outwards() -> None:
    vertices, faces = ball()
    np.testing.assert_allclose(find_normals(vertices, faces), vertices / 0.1, atol=0.02)


def test_smoothing_moves_free_points_to_their_neighbours_mean_and_holds_the_others() -> None:
    points, edges = np.float32([[0, 0, 0], [1, 3, 0], [2, 0, 0]]), np.int32([[0, 1], [1, 2]])
    smooth = relax(points, edges, np.float32([0, 1, 0]), 0.5, rounds=1)
    np.testing.assert_allclose(smooth, [[0, 0, 0], [1, 1.5, 0], [2, 0, 0]])


def test_a_surface_that_looks_against_the_cloth_touches_it_from_outside_and_is_let_be() -> None:
    cloth, up = np.float32([[0, -0.02, 0], [0.01, -0.02, 0], [0, -0.02, 0.01]]), np.int32([[0, 2, 1]])
    assert settle(cloth, up, floor(), 0.0)[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert settle(cloth, up[:, ::-1].copy(), floor(), 0.0)[0, 1] == pytest.approx(-0.02)
    minded = settle(cloth, up[:, ::-1].copy(), floor(), 0.0, facing=np.zeros_like(cloth))
    assert minded[0, 1] == pytest.approx(0.0, abs=1e-6)
