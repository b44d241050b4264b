"""Cloth goes with the joints it hangs on."""

import numpy as np

from training.synthetic.dress import follow, uncovered
from training.synthetic.piece import Garment, Piece

POINTS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)


def garment(joints: list[list[int]], weights: list[list[float]]) -> Garment:
    faces = np.array([[0, 1, 2]], np.int32)
    piece = Piece("rag", 1, POINTS, faces, np.zeros((3, 2), np.float32), faces, np.zeros((2, 2, 4), np.uint8))
    hides = np.array([True, True, True, False])
    return Garment(piece, np.array(joints, np.int32), np.array(weights, np.float32), hides, "upper")


def transforms() -> np.ndarray:
    """Joint 0 stays, joint 1 turns by 90 degrees about z and then moves up by 1."""
    turned = np.array([[0, -1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]], np.float32)
    return np.stack([np.eye(4, dtype=np.float32), turned])


def test_each_vertex_follows_its_joint() -> None:
    moved = follow(garment([[0, 1]] * 3, [[1, 0], [0, 1], [1, 0]]), transforms())
    np.testing.assert_allclose(moved, [[1, 0, 0], [-1, 1, 0], [0, 0, 1]], atol=1e-6)


def test_weights_blend_the_joints() -> None:
    moved = follow(garment([[0, 1]] * 3, [[0.5, 0.5]] * 3), transforms())
    np.testing.assert_allclose(moved[0], [0.5, 1.0, 0.0], atol=1e-6)  # between (1, 0, 0) and (0, 2, 0)


def test_a_face_is_seen_while_one_corner_is() -> None:
    faces = np.array([[0, 1, 2], [1, 2, 3]], np.int32)
    assert uncovered(faces, [garment([[0]] * 3, [[1]] * 3)], 4).tolist() == [False, True]
