"""Cloth stays outside what it covers: bodies, and other cloth."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from training.synthetic.piece import FloatArray, IntArray
from training.synthetic.tailor import settle_kernels as kernels

CELL = 0.035
"""Metres; deeper than this a point inside the surface may not find the way out."""


class _Grid(NamedTuple):
    """Oriented points in cells, as kernels take them."""

    points: Any
    normals: Any
    low: Any
    size: Any
    shape: Any
    start: Any
    order: Any


@dataclass(frozen=True)
class Surface:
    """What cloth must stay out of: points with outward normals, about 2 cm or less apart."""

    points: FloatArray
    normals: FloatArray
    grid: _Grid

    @classmethod
    def of(cls, points: FloatArray, normals: FloatArray, cell: int | float = CELL) -> "Surface":
        """From points (N, 3) and unit normals (N, 3)."""
        points, normals = np.ascontiguousarray(points, np.float32), np.ascontiguousarray(normals, np.float32)
        low, high = points.min(axis=0) - 1e-4, points.max(axis=0)
        shape = ((high - low) / cell).astype(np.int64) + 1
        grid = _Grid(
            points, normals, low.astype(np.float64), cell, shape,
            np.zeros(int(np.prod(shape)) + 1, np.int32), np.empty(len(points), np.int32),
        )  # fmt: skip
        kernels.fill_grid(grid, np.empty(len(points), np.int32))
        return cls(points, normals, grid)

    @classmethod
    def of_mesh(cls, vertices: FloatArray, faces: IntArray) -> "Surface":
        """From a mesh's vertices (V, 3) that faces (F, 3) use."""
        used = np.zeros(len(vertices), bool)
        used[faces.ravel()] = True
        return cls.of(vertices[used], find_normals(vertices, faces)[used])

    def under(self, vertices: FloatArray, faces: IntArray) -> "Surface":
        """The surface with a garment on it, for the next one over it."""
        over = find_normals(vertices, faces)
        near = self.nearest(vertices)
        outside = (near < 0) | ((over * self.normals[near]).sum(axis=1) > 0)  # linings face the body
        return Surface.of(
            np.concatenate([self.points, vertices[outside]]), np.concatenate([self.normals, over[outside]])
        )

    def nearest(self, points: FloatArray) -> IntArray:
        """Number of the nearest point for each of (P, 3); -1 where none is near."""
        found = np.empty(len(points), np.int32)
        kernels.nearest_points(np.ascontiguousarray(points, np.float32), self.grid, found)
        return found


def find_normals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Unit normals (V, 3)."""
    normals = np.empty((len(vertices), 3), np.float32)
    kernels.find_normals(np.ascontiguousarray(vertices, np.float32), faces, normals)
    return normals


def settle(
    vertices: npt.NDArray[np.floating],
    faces: IntArray,
    surface: Surface,
    clearance: int | float | FloatArray = 0.006,
    rounds: int = 2,
    facing: FloatArray | None = None,
) -> FloatArray:
    """Push cloth out of a surface.

    Args:
        vertices: (V, 3) of the cloth.
        faces: (F, 3).
        surface: of the body, and of what is worn under it.
        clearance: metres that vertices and middles of faces keep from it, for all or for each (V,).
        rounds: more for deep ones.
        facing: (V, 3), where the cloth's outside looks; its normals if None. A surface that looks the other way is
            another limb's, which touches the cloth from outside, and is let be; 0 minds all surfaces.

    Returns:
        (V, 3); vertices around those that were pushed go along a little.
    """
    points = np.array(vertices, np.float32, order="C")
    distance = np.broadcast_to(np.float32(clearance), len(points)).astype(np.float32)
    moved, mean, count = np.empty_like(points), np.empty_like(points), np.empty(len(points), np.int32)
    slack = np.zeros(len(points), np.float32)
    facing = find_normals(points, faces) if facing is None else facing
    for _ in range(rounds):
        kernels.push_out(points, facing, surface.grid, distance, moved, slack)
        kernels.spread(points, faces, moved, mean, count)
    kernels.push_out_faces(points, faces, facing, surface.grid, distance, slack)
    kernels.push_out(points, facing, surface.grid, distance, moved, slack)
    return points


def relax(points: FloatArray, edges: IntArray, freedom: FloatArray, share: float, rounds: int) -> FloatArray:
    """Smooth cloth by moving points towards their neighbours' mean.

    Args:
        points: (V, 3).
        edges: (E, 2).
        freedom: (V,), 0 holds a point.
        share: of the way, per round.
        rounds: number of rounds.
    """
    result = np.array(points, np.float32, order="C")
    mean, count = np.empty_like(result), np.empty(len(result), np.int32)
    for _ in range(rounds):
        kernels.even_out(result, edges, freedom, share, mean, count)
    return result
