"""A ball, red in front and blue behind: its truth is known without computing."""

import numpy as np
import trimesh

from training.synthetic.figure import Figure
from training.synthetic.piece import Piece


def ball(radius: float = 0.5, middle: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Piece:
    sphere = trimesh.creation.icosphere(subdivisions=4, radius=1.0)
    points = np.asarray(sphere.vertices, np.float32)
    faces = np.asarray(sphere.faces, np.int32)
    texture = np.zeros((4, 4, 4), np.uint8)
    texture[..., 3] = 255
    texture[:, 2:, 0] = 255  # u above 1/2 is red
    texture[:, :2, 2] = 255
    uv = np.stack([np.where(points[:, 2] > 0, 0.75, 0.25), np.full(len(points), 0.5)], axis=1).astype(np.float32)
    return Piece("ball", 41, (points * radius + np.float32(middle)).astype(np.float32), faces, uv, faces, texture)


def figure(radius: float = 0.5, middle: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Figure:
    return Figure("people", "person", (ball(radius, middle),), closed=True, key_points=np.float32([middle] * 18))
