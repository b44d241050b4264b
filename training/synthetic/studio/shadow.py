"""Soft shadows on what is around the subject: the ground under feet, the wall behind a garment."""

import cv2
import numpy as np
from jaxtyping import Float, Float32

from mirror_core.attributes import Camera
from training.synthetic.studio.rays import pixel_rays

Shade = Float32[np.ndarray, "H W"]

_CELLS = 96
"""Of the map of the ground, along each side."""
_CELL = np.float32(0.025)
"""Width of one, template units."""


def ground_shadow(
    points: Float[np.ndarray, "N 3"], camera: Camera, size: tuple[int, int], strength: int | float = 0.6
) -> Shade:
    """What is left of the light on the ground, 0..1, at each pixel.

    The ground is the plane under the lowest point. The nearer to it parts of the subject are, the darker and the
    sharper is what is under them.

    Args:
        points: of the subject's surface, evenly enough; model space, template units.
        camera: one (B = 1).
        size: height and width of the picture.
        strength: share of the light that is lost under the feet.
    """
    low = float(points[:, 1].min())
    points = points[:: 1 + len(points) // 10_000]
    dark = strength * _near(points, low, 0.06, 1.2, 1.0) + 0.5 * strength * _near(points, low, 0.8, 5.0, 0.5)
    eye = camera.eye()[0].double().numpy()
    x, y, z = pixel_rays(camera.rotation()[0].double().numpy().T, size)
    below = (y < -1e-3) & (eye[1] > low)
    steps = np.where(below, np.float32(low - eye[1]) / np.where(below, y, np.float32(-1)), np.float32(1e6))
    column, row = (
        (along * steps + np.float32(at)) / _CELL + 0.5 * (_CELLS - 1) for along, at in ((x, eye[0]), (z, eye[2]))
    )
    return 1 - cv2.remap(dark, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)


def _near(points: np.ndarray, low: float, height: float, blur: float, full: float) -> Float32[np.ndarray, "S S"]:
    """How much of each cell of the ground is under parts nearer to it than `height`, 0..1, blurred by `blur` cells."""
    near = points[points[:, 1] < low + height]
    cells = np.floor(near[:, [2, 0]] / _CELL + 0.5 * _CELLS).astype(np.int64)
    cells = cells[((cells >= 0) & (cells < _CELLS)).all(axis=1)]
    covered = np.zeros((_CELLS, _CELLS), np.float32)
    covered[cells[:, 0], cells[:, 1]] = 1
    closed = cv2.morphologyEx(covered, cv2.MORPH_CLOSE, np.ones((3, 3)))
    return (cv2.GaussianBlur(closed, (0, 0), blur) / full).clip(0, 1)


def wall_shadow(
    alpha: Float32[np.ndarray, "H W"], shift: tuple[int | float, int | float], blur: int | float, strength: int | float
) -> Shade:
    """What is left of the light on a wall or table just behind the subject.

    Args:
        alpha: the subject's coverage.
        shift: columns and rows by which the shadow falls aside.
        blur: pixels.
        strength: share of the light that is lost.
    """
    move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    moved = cv2.warpAffine(alpha, move, alpha.shape[::-1])
    return 1 - np.float32(strength) * cv2.GaussianBlur(moved, (0, 0), blur)
