"""Template adapters: results on one template become results on another, so that textures and shapes can be exchanged.

All templates share longitude and latitude as UV, but not their faces: inside a flat face a texel lies where the face's
corners say, which is near its longitude and latitude and not quite there. So each texel is followed from its place on
the one template's faces, along the ray from the middle, to its place on the other's.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from scipy.spatial import cKDTree
from torch import Tensor

from mirror_core.checks import check_shape
from mirror_core.mesh.sphere_map import SphereMap, sample_map
from mirror_core.mesh.template import Template

NEARBY = (8, 48)
"""So many faces are tried first, and so many where none of these was hit: many meet at a pole."""
SLACK = 1e-9

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def exchange_texture(
    texture: Float[Tensor, "B C Ht Wt"], source: Template, target: Template
) -> Float[Tensor, "B C Ht Wt"]:
    """The texture that looks on the target as the given one does on the source; gradients reach it.

    Between levels of the project's own template, too. Texels that no face of the target shows, at the poles, get the
    colour at their longitude and latitude.
    """
    if source is target:
        return texture
    height, width = texture.shape[2:]
    places = _texels(source, target, (height, width)).to(texture)
    return sample_map(texture, places).unflatten(2, (height, width))


def exchange_vertices(vertices: Float[Tensor, "B V 3"], source: Template, target: Template) -> Float[Tensor, "B V2 3"]:
    """The target's vertices on the source's deformed surface; gradients reach it.

    A map follows from them: `SphereMap.of(target).write(vertices - target.vertices, size)`.
    """
    check_shape("vertices", vertices, ("B", len(source.vertices), 3))
    if source is target:
        return vertices
    faces, weights = _vertices(source, target)
    corners = vertices[:, source.faces.to(vertices.device)[faces.to(vertices.device)]]
    return (corners * weights.to(vertices)[..., None]).sum(dim=2)


@lru_cache(maxsize=8)
def _texels(source: Template, target: Template, size: tuple[int, int]) -> Float[Tensor, "N 2"]:
    """For each texel of the target, row by row, the UV on the source."""
    height, width = size
    v, u = np.meshgrid(1.0 - (np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    points = np.stack([u.ravel(), v.ravel(), np.ones(height * width)], axis=-1)
    corners = _lifted(target.uv.double().numpy())[target.uv_faces.numpy()]
    faces, weights = _hit(points, corners, corners.mean(axis=1))
    sphere = SphereMap.of(target).frame[:, 0].double().numpy()
    rays = (sphere[target.faces.numpy()[faces]] * weights[..., None]).sum(axis=1)
    outside = weights.min(axis=1) < -1e-6
    rays[outside] = _directions(points[outside, 0], points[outside, 1])
    faces, weights = _along(rays, source)
    places = (source.uv.double().numpy()[source.uv_faces.numpy()[faces]] * weights[..., None]).sum(axis=1)
    return torch.from_numpy(places)


@lru_cache(maxsize=8)
def _vertices(source: Template, target: Template) -> tuple[Tensor, Float[Tensor, "V 3"]]:
    """For each vertex of the target the face of the source, and the weights of its corners."""
    faces, weights = _along(SphereMap.of(target).frame[:, 0].double().numpy(), source)
    return torch.from_numpy(faces), torch.from_numpy(weights)


def _along(rays: FloatArray, template: Template) -> tuple[IntArray, FloatArray]:
    """Which face of the undeformed template rays from its middle hit, and where on it."""
    corners = SphereMap.of(template).frame[:, 0].double().numpy()[template.faces.numpy()]
    middles = corners.mean(axis=1)
    unit = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return _hit(unit, corners, middles / np.linalg.norm(middles, axis=1, keepdims=True))


def _hit(points: FloatArray, corners: FloatArray, middles: FloatArray) -> tuple[IntArray, FloatArray]:
    """The face whose cone from the origin holds each point, of several the one that holds it best.

    Args:
        points: (N, 3).
        corners: (F, 3, 3).
        middles: (F, 3), to find faces nearby.

    Returns:
        Face numbers (N,) and the weights of their corners (N, 3), which sum to 1; a weight is negative where no face
        holds the point.
    """
    inverse, tree = np.linalg.inv(corners.transpose(0, 2, 1)), cKDTree(middles)
    faces, weights = np.zeros(len(points), dtype=np.int64), np.full((len(points), 3), -np.inf)
    for nearby in NEARBY:
        open_points = np.flatnonzero(weights.min(axis=1) < -SLACK)
        for part in np.array_split(open_points, max(len(open_points) // 20000, 1)):
            _, near = tree.query(points[part], k=min(nearby, len(corners)))
            found = np.einsum("nkij,nj->nki", inverse[near], points[part])
            found = found / found.sum(axis=2, keepdims=True)
            best = found.min(axis=2).argmax(axis=1)
            row = np.arange(len(part))
            faces[part], weights[part] = near[row, best], found[row, best]
    return faces, weights


def _lifted(plane: FloatArray) -> FloatArray:
    return np.concatenate([plane, np.ones((len(plane), 1))], axis=1)


def _directions(u: FloatArray, v: FloatArray) -> FloatArray:
    longitude, latitude = (u - 0.5) * 2 * np.pi, (v - 0.5) * np.pi
    across = np.cos(latitude)
    return np.stack([across * np.sin(longitude), np.sin(latitude), across * np.cos(longitude)], axis=-1)
