"""ConvMesh's template: a sphere of longitudes and latitudes with two poles, in the project's own orientation and UV.

The published ones (`uvsphere_16rings.obj`, `uvsphere_31rings.obj`) have as many vertices, UV points and faces. Here
u = 1/2 is the middle of the front as everywhere in this project, and the squares are cut along diagonals that mirror
each other, so that the mesh is its own mirror image in x and in z.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mirror_core.errors import InputError
from mirror_core.mesh.template import Template, template_on_sphere

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@lru_cache
def make_two_pole(
    rings: int = 16, segments: int = 32, half_axes: tuple[float, float, float] = (1.0, 1.0, 1.0)
) -> Template:
    """The sphere with two poles; vertices run from the upper one along the parallels to the lower one.

    Args:
        rings: bands of latitude: 16 give 482 vertices, 559 UV points and 960 faces (CUB), 31 give 962, 1054 and 1920
            (PASCAL3D+).
        segments: meridians, a multiple of 4.
        half_axes: half the extent in x, y and z, in template units.

    Raises:
        InputError: fewer than two rings, or meridians that the mirror planes do not fit.
    """
    if rings < 2:
        raise InputError(f"rings must be at least 2, but is {rings}.")
    if segments < 4 or segments % 4:
        raise InputError(f"segments must be a multiple of 4, but is {segments}.", "Choose e.g. 32, as published.")
    return template_on_sphere(_points(rings, segments), _faces(rings, segments), half_axes)


def _points(rings: int, segments: int) -> FloatArray:
    longitude = (np.arange(segments) / segments - 0.5) * 2 * np.pi
    latitude = (0.5 - np.arange(1, rings) / rings) * np.pi
    across, up = np.cos(latitude)[:, None], np.broadcast_to(np.sin(latitude)[:, None], (rings - 1, segments))
    inner = np.stack([across * np.sin(longitude), up, across * np.cos(longitude)], axis=-1).reshape(-1, 3)
    inner[np.abs(inner) < 1e-12] = 0.0
    return np.concatenate([[(0.0, 1.0, 0.0)], inner, [(0.0, -1.0, 0.0)]])


def _faces(rings: int, segments: int) -> IntArray:
    number = 1 + np.arange((rings - 1) * segments).reshape(rings - 1, segments)
    left, right = number, np.roll(number, -1, axis=1)
    north = np.stack([np.zeros(segments, dtype=np.int64), left[0], right[0]], axis=-1)
    south = np.stack([np.full(segments, number.max() + 1), right[-1], left[-1]], axis=-1)
    upper_left, upper_right, lower_left, lower_right = left[:-1], right[:-1], left[1:], right[1:]
    falling = np.stack([upper_left, lower_left, lower_right, upper_left, lower_right, upper_right], axis=-1)
    rising = np.stack([upper_left, lower_left, upper_right, upper_right, lower_left, lower_right], axis=-1)
    quarter = np.arange(segments) * 4 // segments
    squares = np.where((quarter % 2 == 0)[:, None], falling, rising)
    return np.concatenate([north, squares.reshape(-1, 3), south])
