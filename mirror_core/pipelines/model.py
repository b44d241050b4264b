"""A result as file formats see it: metres, y up, the front facing +z, the lowest point at y = 0."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from mirror_core.checks import check_finite
from mirror_core.errors import InputError
from mirror_core.mesh.normals import vertex_normals
from mirror_core.pipelines.folder import png_bytes
from mirror_core.pipelines.result import Reconstruction

DEFAULT_HEIGHTS = {"garment": 0.7, "person": 1.7}
"""Metres from the lowest to the highest point of each kind of result."""


@dataclass(frozen=True)
class Model:
    """What a file format needs to know.

    Attributes:
        name: of the object, and of the files beside the main one.
        vertices: (V, 3) float32, metres, y up, front +z, lowest point at y = 0.
        normals: (V, 3) float32, smooth.
        faces: (F, 3) vertex numbers.
        uv: (N, 2) float32, origin lower left.
        uv_faces: (F, 3) UV point numbers.
        uv_vertex: (N,) the vertex of each UV point; the first V are 0 ... V - 1.
        texture: a PNG file.
    """

    name: str
    vertices: npt.NDArray[np.float32]
    normals: npt.NDArray[np.float32]
    faces: npt.NDArray[np.int64]
    uv: npt.NDArray[np.float32]
    uv_faces: npt.NDArray[np.int64]
    uv_vertex: npt.NDArray[np.int64]
    texture: bytes


def make_model(result: Reconstruction, name: str, height_m: float | None = None) -> Model:
    """A result in metres; `height_m` None is the default of its kind."""
    template = result.template
    vertices = metres(result.vertices, DEFAULT_HEIGHTS[result.kind] if height_m is None else height_m)
    normals = vertex_normals(torch.as_tensor(vertices)[None], template.faces)[0]
    return Model(
        name=name,
        vertices=vertices,
        normals=normals.numpy(),
        faces=template.faces.numpy(),
        uv=template.uv.numpy(),
        uv_faces=template.uv_faces.numpy(),
        uv_vertex=template.uv_vertex.numpy(),
        texture=png_bytes(result.texture),
    )


def metres(vertices: npt.NDArray[np.float32], height_m: float) -> npt.NDArray[np.float32]:
    """Template units to metres: scaled to `height_m`, the lowest point at y = 0, x and z about the model's origin."""
    if not 0 < height_m < float("inf"):
        raise InputError(f"height_m must be positive, but is {height_m:g}.")
    check_finite("vertices", vertices)
    low, high = float(vertices[:, 1].min()), float(vertices[:, 1].max())
    if not high > low:
        raise InputError(f"The mesh has no height: all its vertices are at y = {low:g}.")
    return ((vertices - np.array([0.0, low, 0.0])) * (height_m / (high - low))).astype(np.float32)
