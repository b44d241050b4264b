"""Triangle meshes as evenly spread points, and how far two of them are apart.

Every measure of shapes begins here: points are drawn once on both surfaces, and for each the nearest point of the
other surface is sought among the triangles that its nearest drawn points lie on. So a distance does not depend on how
densely the points lie, as it does where drawn points are compared with drawn points.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from mirror_core.errors import InputError

FloatArray = npt.NDArray[np.float64]

POINTS = 10000
"""Drawn on a surface; the mean of so many distances changes by about 1 % of itself from seed to seed."""

CANDIDATES = 3
"""Nearest drawn points whose triangles are tried."""


@dataclass(frozen=True)
class Surface:
    """Points spread evenly over a mesh.

    Attributes:
        points: (N, 3).
        normals: (N, 3), unit, of the faces they lie on.
        corners: (N, 3, 3), corners of those faces.
        face: (N,), numbers of those faces.
    """

    points: FloatArray
    normals: FloatArray
    corners: FloatArray
    face: npt.NDArray[np.int64]

    def moved(self, scale: float, shift: FloatArray) -> "Surface":
        """The same points scaled about the origin by a positive number, then shifted."""
        return replace(self, points=self.points * scale + shift, corners=self.corners * scale + shift)

    def thinned(self, count: int) -> "Surface":
        """At most so many of the points, evenly spread."""
        chosen = np.linspace(0, len(self.points) - 1, min(count, len(self.points))).round().astype(int)
        return Surface(self.points[chosen], self.normals[chosen], self.corners[chosen], self.face[chosen])


@dataclass(frozen=True)
class Nearest:
    """For each of N points, the nearest point of a surface.

    Attributes:
        points: (N, 3).
        distance: (N,).
        drawn: (N,), number of a drawn point of that surface on the same face.
    """

    points: FloatArray
    distance: FloatArray
    drawn: npt.NDArray[np.int64]


@dataclass(frozen=True)
class SurfaceDistances:
    """What lies between two surfaces, of which the second is the truth.

    Attributes:
        to_truth: (N,), distance of each point of the first from the second.
        to_result: (M,), distance of each point of the second from the first.
        cosine_to_truth: (N,), between a point's normal and that of the nearest point on the other surface.
        cosine_to_result: (M,).
    """

    to_truth: FloatArray
    to_result: FloatArray
    cosine_to_truth: FloatArray
    cosine_to_result: FloatArray


def sample_surface(
    vertices: npt.NDArray[np.floating], faces: npt.NDArray[np.integer], count: int = POINTS, seed: int = 0
) -> Surface:
    """Draw points on a mesh, as many to each face as its area says.

    Args:
        vertices: (V, 3).
        faces: (F, 3), vertex numbers.
        count: points.
        seed: the same one draws the same points.

    Raises:
        InputError: the mesh has no area.
    """
    corners = np.asarray(vertices, np.float64)[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled = np.linalg.norm(cross, axis=1)
    total = np.cumsum(doubled)
    if not len(faces) or not 0.0 < total[-1] < np.inf:
        raise InputError(f"A mesh of {len(faces)} faces has no area that points could be drawn on.")
    rng = np.random.default_rng(seed)
    # One draw from each of `count` equal shares of the area: spread more evenly than independent draws.
    place = (np.arange(count) + rng.random(count)) / count * total[-1]
    face = np.minimum(np.searchsorted(total, place, side="right"), len(faces) - 1)
    # A square's random point, folded into a triangle's.
    u, v = rng.random((2, count, 1))
    u, v = np.where(u + v > 1.0, 1.0 - u, u), np.where(u + v > 1.0, 1.0 - v, v)
    a, b, c = corners[face].swapaxes(0, 1)
    return Surface(a + u * (b - a) + v * (c - a), cross[face] / doubled[face, None], corners[face], face)


def nearest_on(surface: Surface, tree: cKDTree, points: FloatArray) -> Nearest:
    """The nearest point of a surface for each of `points`, (N, 3); `tree` holds the surface's points."""
    _, found = tree.query(points, k=min(CANDIDATES, len(surface.points)))
    found = np.asarray(found, np.int64).reshape(len(points), -1)
    on_faces = _on_triangles(points[:, None], surface.corners[found])
    squared = np.square(on_faces - points[:, None]).sum(axis=2)
    row, best = np.arange(len(points)), np.argmin(squared, axis=1)
    return Nearest(on_faces[row, best], np.sqrt(squared[row, best]), found[row, best])


def surface_distances(result: Surface, truth: Surface) -> SurfaceDistances:
    """Measure once what chamfer distance, F-score and normal consistency are computed from."""
    forth = nearest_on(truth, cKDTree(truth.points), result.points)
    back = nearest_on(result, cKDTree(result.points), truth.points)
    return SurfaceDistances(
        to_truth=forth.distance,
        to_result=back.distance,
        cosine_to_truth=(result.normals * truth.normals[forth.drawn]).sum(axis=1),
        cosine_to_result=(truth.normals * result.normals[back.drawn]).sum(axis=1),
    )


def _on_triangles(points: FloatArray, corners: FloatArray) -> FloatArray:
    """The point of each triangle (..., 3, 3) nearest to each of `points` (..., 3)."""
    a, b, c = (corners[..., k, :] for k in range(3))
    u, v, w = b - a, c - a, points - a
    uu, uv, vv, uw, vw = (np.einsum("...i,...i", p, q) for p, q in ((u, u), (u, v), (v, v), (u, w), (v, w)))
    spread = np.maximum(uu * vv - uv * uv, 1e-300)
    s, t = (vv * uw - uv * vw) / spread, (uu * vw - uv * uw) / spread
    inside = (s >= 0.0) & (t >= 0.0) & (s + t <= 1.0)
    best = a + s[..., None] * u + t[..., None] * v
    squared = np.where(inside, np.square(best - points).sum(axis=-1), np.inf)
    for start, end in ((a, b), (b, c), (c, a)):
        edge = end - start
        along = np.einsum("...i,...i", points - start, edge) / np.maximum(np.einsum("...i,...i", edge, edge), 1e-300)
        on_edge = start + np.clip(along, 0.0, 1.0)[..., None] * edge
        other = np.square(on_edge - points).sum(axis=-1)
        # Within a triangle its own plane is nearest; its edges are tried for points beside it.
        nearer = other < squared
        best, squared = np.where(nearer[..., None], on_edge, best), np.where(nearer, other, squared)
    return best
