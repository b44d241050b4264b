"""The one mesh that every result is a deformation of: vertex order and UV never change.

A closed surface of genus 0 with 642, 2,562 or 10,242 vertices. Unlike an icosphere of the same counts, both mirror
planes (x = 0 and z = 0) run along edges: the rim z = 0, where front meets back, is a closed line of edges that can
lie on a photo's contour, and the seam of the UV map runs down the middle of the back without cutting a face.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.mesh.laplacian import uniform_laplacian
from mirror_core.mesh.topology import subdivide

LEVELS = (642, 2562, 10242)
"""Vertex counts of the levels of detail; each level's vertices begin with those of the level before."""

HALF_AXES = (0.45, 0.9, 0.225)
"""Half axes of the standard ellipsoid, in template units (3D Magic Mirror for people: 0.45, 0.9, 0.225)."""

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Template:
    """An undeformed mesh with its UV map and mirror symmetries.

    Attributes:
        vertices: model space, template units: right-handed, y up, the front faces +z.
        faces: vertex numbers, counter-clockwise seen from outside.
        uv: UV points; the first V belong to the vertices of the same number, the rest are their copies along the seam.
        uv_faces: UV point numbers of each face's corners.
        uv_vertex: the vertex each UV point belongs to.
        front_back: for each vertex the one mirrored in z.
        left_right: for each vertex the one mirrored in x.
    """

    vertices: Float[Tensor, "V 3"]
    faces: Int[Tensor, "F 3"]
    uv: Float[Tensor, "N 2"]
    uv_faces: Int[Tensor, "F 3"]
    uv_vertex: Int[Tensor, " N"]
    front_back: Int[Tensor, " V"]
    left_right: Int[Tensor, " V"]


@lru_cache
def make_template(vertex_count: int = 642, half_axes: tuple[float, float, float] = HALF_AXES) -> Template:
    """The template at one level of detail, as an ellipsoid.

    Args:
        vertex_count: one of `LEVELS`.
        half_axes: half the extent in x, y and z, in template units.
    """
    if vertex_count not in LEVELS:
        raise InputError(f"vertex_count must be one of {LEVELS}, but is {vertex_count}.")
    return template_on_sphere(*_unit_sphere(vertex_count), half_axes)


def template_on_sphere(sphere: FloatArray, faces: IntArray, half_axes: tuple[float, float, float]) -> Template:
    """A template of any mesh on the unit sphere that is its own mirror image in x and in z.

    Args:
        sphere: (V, 3); the two poles are among the points, and edges run along x = 0, z < 0, where the UV map is cut.
        faces: (F, 3), counter-clockwise seen from outside.
        half_axes: half the extent in x, y and z, in template units.
    """
    uv, uv_faces, uv_vertex = _uv_map(sphere, faces)
    return Template(
        vertices=torch.from_numpy(sphere * half_axes).float(),
        faces=torch.from_numpy(faces),
        uv=torch.from_numpy(uv).float(),
        uv_faces=torch.from_numpy(uv_faces),
        uv_vertex=torch.from_numpy(uv_vertex),
        front_back=torch.from_numpy(_mirrored(sphere, axis=2)),
        left_right=torch.from_numpy(_mirrored(sphere, axis=0)),
    )


def _unit_sphere(vertex_count: int) -> tuple[FloatArray, IntArray]:
    points, faces = _base()
    while len(points) < vertex_count:
        faces, edges = subdivide(faces, len(points))
        points = _on_sphere(np.concatenate([points, points[edges].mean(axis=1)]))
        if len(points) == LEVELS[0]:
            points = _even_out(points, faces)
    return points, faces


def _base() -> tuple[FloatArray, IntArray]:
    """Twelve points, twenty faces: an octagon in the plane z = 0 and two points before and two behind it."""
    angles = np.radians(np.arange(8) * 45.0)
    rim = np.stack([np.cos(angles), np.sin(angles), np.zeros(8)], axis=-1)
    inner = np.array([(0, 0.45, 1), (0, -0.45, 1), (0, 0.45, -1), (0, -0.45, -1)], dtype=float)
    upper, lower = 8, 9
    front = [(upper, k, k + 1) for k in range(4)] + [(lower, k, (k + 1) % 8) for k in range(4, 8)]
    front += [(upper, lower, 0), (upper, 4, lower)]
    back = [tuple(i + 2 if i >= 8 else i for i in face[::-1]) for face in front]
    return _on_sphere(np.concatenate([rim, inner])), np.array(front + back, dtype=np.int64)


def _even_out(points: FloatArray, faces: IntArray) -> FloatArray:
    """Relax the points on the sphere towards equal distances; both mirror planes keep their points."""
    smoother = uniform_laplacian(faces, len(points))
    pinned = np.abs(points) < 1e-9
    for _ in range(200):
        points = points - 0.5 * (smoother @ points)
        points[pinned] = 0.0
        points = _on_sphere(points)
    return points


def _on_sphere(points: FloatArray) -> FloatArray:
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def _mirrored(points: FloatArray, axis: int) -> IntArray:
    """For each point the number of its mirror image; relies on the exact symmetry of the construction."""
    from scipy.spatial import cKDTree

    reflected = points.copy()
    reflected[:, axis] *= -1.0
    distance, partner = cKDTree(points).query(reflected)
    assert distance.max() < 1e-6, "the template lost its symmetry"
    return np.asarray(partner, dtype=np.int64)


def _uv_map(points: FloatArray, faces: IntArray) -> tuple[FloatArray, IntArray, IntArray]:
    """Longitude and latitude: u = 1/2 in the middle of the front, the seam down the middle of the back.

    The two poles have one UV point for each face around them, midway between the other two corners.
    """
    x, y, z = points.T
    u = 0.5 + np.arctan2(x, z) / (2 * np.pi)
    v = 0.5 + np.arcsin(np.clip(y, -1.0, 1.0)) / np.pi
    pole = np.abs(y) > 1 - 1e-9
    seam = (np.abs(x) < 1e-9) & (z < 0) & ~pole
    u[seam] = 1.0
    uv, owner, uv_faces = [np.stack([u, v], axis=-1)], [np.arange(len(points))], faces.copy()
    count = len(points)

    left = points[faces, 0].sum(axis=1) < 0
    copies = np.flatnonzero(seam)
    copy_of = np.arange(len(points))
    copy_of[copies] = count + np.arange(len(copies))
    uv_faces[left] = copy_of[uv_faces[left]]
    uv.append(np.stack([np.zeros(len(copies)), v[copies]], axis=-1))
    owner.append(copies)
    count += len(copies)

    longitudes = np.concatenate(uv)[:, 0]
    first = dict[int, bool]()
    for face, corner in np.argwhere(pole[faces]):
        vertex = int(faces[face, corner])
        others = np.delete(uv_faces[face], corner)
        point = np.array([longitudes[others].mean(), v[vertex]])
        if first.setdefault(vertex, True):
            first[vertex] = False
            uv[0][vertex] = point
            continue
        uv_faces[face, corner] = count
        uv.append(point[None])
        owner.append(np.array([vertex]))
        count += 1
    return np.concatenate(uv), uv_faces, np.concatenate(owner)
