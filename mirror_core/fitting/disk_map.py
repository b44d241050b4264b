"""A one-to-one map between a region of the photo and the unit disk, which is the template's front.

Positive weights and a convex boundary make Tutte's barycentric map an embedding (Floater 1997): whatever the outline,
no triangle of the map is inverted. The weights are then adapted to even out the stretch (Yoshizawa, Belyaev and
Seidel, "A fast and simple stretch-minimizing mesh parameterization", 2004), so that thin parts get vertices too.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import scipy.sparse.linalg as sla
from scipy.spatial import cKDTree

from mirror_core.fitting.region import Region

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

ROUNDS = 8
"""How often the weights are adapted at most; the map with the least stretch is kept."""


def map_to_disk(region: Region, tick: Callable[[], None] = lambda: None) -> FloatArray:
    """Position of each of the region's nodes in the unit disk, (n, 2).

    The outline is laid on the circle in proportion to its length, left and right half apart: its top and bottom, above
    and below the region's middle, lie at the template's poles. `tick` is called before each round and may raise.
    """
    nodes, triangles, loop = region.nodes, region.triangles, region.loop
    circle = _outline_on_circle(nodes, loop)
    weights = _neighbours(triangles, len(nodes))
    best, least = np.empty((0, 2)), np.inf
    for _ in range(ROUNDS):
        tick()
        disk = _barycentric_map(weights, loop, circle)
        stretch, total = _stretch(nodes, triangles, disk)
        if total >= least:
            break
        best, least = disk, total
        weights = sp.csr_matrix(weights @ sp.diags(stretch**-0.5))
    return best


def _outline_on_circle(nodes: FloatArray, loop: IntArray) -> FloatArray:
    outline = nodes[loop]
    step = np.linalg.norm(np.roll(outline, -1, axis=0) - outline, axis=1)
    along, length = np.cumsum(step) - step, float(step.sum())
    middle = np.argsort(np.abs(outline[:, 0] - nodes[:, 0].mean()), kind="stable")
    middle = middle[np.abs(outline[middle, 0] - outline[middle[0], 0]) < 1e-9]
    top, bottom = middle[np.argmax(outline[middle, 1])], middle[np.argmin(outline[middle, 1])]
    left = (along[bottom] - along[top]) % length
    since_top = (along - along[top]) % length
    angle = np.where(
        since_top <= left,
        90.0 + 180.0 * since_top / left,
        270.0 + 180.0 * (since_top - left) / (length - left),
    )
    return np.stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))], axis=1)


def _neighbours(triangles: IntArray, count: int) -> sp.csr_matrix:
    start = triangles.ravel()
    end = np.roll(triangles, -1, axis=1).ravel()
    rows, columns = np.concatenate([start, end]), np.concatenate([end, start])
    links = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    links.data[:] = 1.0
    return links


def _barycentric_map(weights: sp.csr_matrix, loop: IntArray, circle: FloatArray) -> FloatArray:
    """Each inner node at the weighted mean of its neighbours, the loop on the circle."""
    count = weights.shape[0]
    inner = np.ones(count, dtype=bool)
    inner[loop] = False
    means = sp.csr_matrix(sp.diags(1.0 / np.asarray(weights.sum(axis=1)).ravel()) @ weights)[inner]
    system = sp.identity(int(inner.sum()), format="csc") - means[:, inner]
    disk = np.empty((count, 2))
    disk[loop] = circle
    disk[inner] = sla.splu(sp.csc_matrix(system)).solve(means[:, loop] @ circle)
    return disk


def _stretch(nodes: FloatArray, triangles: IntArray, disk: FloatArray) -> tuple[FloatArray, float]:
    """Root-mean-square stretch (Sander et al. 2001) of the map disk -> region around each node, and in all."""
    p, q = disk[triangles], nodes[triangles]
    e1, e2, s1, s2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0], q[:, 1] - q[:, 0], q[:, 2] - q[:, 0]
    determinant = np.maximum(e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0], 1e-14)[:, None]
    along_x = (s1 * e2[:, 1:] - s2 * e1[:, 1:]) / determinant
    along_y = (s2 * e1[:, :1] - s1 * e2[:, :1]) / determinant
    area = s1[:, 0] * s2[:, 1] - s1[:, 1] * s2[:, 0]
    energy = area * ((along_x**2).sum(axis=1) + (along_y**2).sum(axis=1)) / 2.0
    at_node, size = (
        np.bincount(triangles.ravel(), np.repeat(values, 3), minlength=len(nodes)) for values in (energy, area)
    )
    local = np.sqrt(at_node / size)
    return local / local.mean(), float(np.sqrt(energy.sum() / area.sum()))


def locate(
    disk: FloatArray, triangles: IntArray, points: FloatArray, tick: Callable[[], None] = lambda: None
) -> tuple[IntArray, FloatArray]:
    """For each point of the disk (P, 2) the triangle it lies in (or nearest to) and its barycentric weights (P, 3).

    `tick` is called between pieces of the work and may raise.
    """
    corners = disk[triangles]
    _, candidates = cKDTree(corners.mean(axis=1)).query(points, k=min(24, len(triangles)))
    face, weights = _best(corners, points, np.asarray(candidates))
    missed = np.flatnonzero(weights.min(axis=1) < -1e-9)
    for start in range(0, len(missed), 16):
        tick()
        some = missed[start : start + 16]
        everything = np.broadcast_to(np.arange(len(triangles)), (len(some), len(triangles)))
        face[some], weights[some] = _best(corners, points[some], everything)
    weights = np.clip(weights, 0.0, None)
    return face, weights / weights.sum(axis=1, keepdims=True)


def _best(corners: FloatArray, points: FloatArray, candidates: IntArray) -> tuple[IntArray, FloatArray]:
    """Of each point's candidate triangles (P, K) the one it is deepest in."""
    a, b, c = corners[candidates].transpose(2, 0, 1, 3)
    e1, e2, d = b - a, c - a, points[:, None] - a
    determinant = e1[..., 0] * e2[..., 1] - e1[..., 1] * e2[..., 0]
    determinant = np.where(np.abs(determinant) < 1e-18, 1e-18, determinant)
    w1 = (d[..., 0] * e2[..., 1] - d[..., 1] * e2[..., 0]) / determinant
    w2 = (e1[..., 0] * d[..., 1] - e1[..., 1] * d[..., 0]) / determinant
    weights = np.stack([1.0 - w1 - w2, w1, w2], axis=-1)
    deepest = np.argmax(weights.min(axis=-1), axis=1)
    row = np.arange(len(points))
    return candidates[row, deepest], weights[row, deepest]
