"""Fragments of faces that are on the image plane already, for autograd."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mirror_core.rendering.fragments import Fragments, RasterSettings
from mirror_core.rendering.numba_backend.gradient import fragment_gradients
from mirror_core.rendering.numba_backend.layout import (
    SUMS,
    Faces,
    FragmentGradients,
    Frame,
    Grid,
    Pixels,
    as_array,
    as_tensor,
    count_chunks,
    make_grid,
    unbounded_faces,
)
from mirror_core.rendering.numba_backend.raster import bound_faces, draw, fill_weights
from mirror_core.rendering.numba_backend.threads import run_tasks, thread_count
from mirror_core.rendering.scene import ProjectedFaces


def rasterize(faces: ProjectedFaces, image_size: tuple[int, int], settings: RasterSettings) -> Fragments:
    """Draw the valid faces hard, and the soft silhouette of all faces around them."""
    grid = make_grid(image_size, settings, faces.image.dtype)
    weights, silhouette, face_index, depth = _Rasterize.apply(faces.image, faces.z, faces.valid, grid)
    return Fragments(face_index, weights, depth, silhouette)


def draw_frame(faces: Faces, grid: Grid) -> Frame:
    """Run the rasterizer."""
    batch, count = faces.valid.shape
    shape = (batch, len(grid.upward), len(grid.x))
    dtype = faces.image.dtype
    silhouette, depth = np.empty(shape, dtype=dtype), np.empty(shape, dtype=dtype)
    face_index, last_face = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    frame = Frame(grid, faces, Pixels(face_index, depth, silhouette, last_face))
    run_tasks(bound_faces, batch * count_chunks(count), grid, faces)
    bands = count_bands(batch, shape[1])
    scratch = np.empty((thread_count(batch * bands), 2, -(-shape[1] // bands) + 1, shape[2] + 1), dtype=np.int32)
    run_tasks(draw, batch * bands, frame, scratch)
    return frame


def count_bands(batch: int, height: int) -> int:
    """Into how many bands of rows an image is split: four tasks a thread even out the load; a band costs a little."""
    return max(1, min(height // 8, 4 * thread_count(64) // batch))


class _Rasterize(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, image: Tensor, z: Tensor, valid: Tensor, grid: Grid) -> tuple[Tensor, ...]:  # type: ignore[override]
        faces = unbounded_faces(as_array(image), as_array(z), as_array(valid))
        frame = draw_frame(faces, grid)
        weights = np.empty((*frame.pixels.face_index.shape, 3), dtype=faces.image.dtype)
        run_tasks(fill_weights, len(image), frame, weights)
        face_index, depth, silhouette = (as_tensor(array) for array in frame.pixels[:3])
        ctx.frame = frame
        ctx.mark_non_differentiable(face_index, depth)
        return as_tensor(weights), silhouette, face_index, depth

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        faces: Faces = ctx.frame.faces
        image, z = np.empty_like(faces.image), np.empty_like(faces.z)
        tasks = len(image) * count_chunks(image.shape[1])
        sums = np.empty((thread_count(tasks), SUMS), dtype=image.dtype)
        gradients = FragmentGradients(as_array(upstream[0]), as_array(upstream[1]), image, z, sums)
        run_tasks(fragment_gradients, tasks, ctx.frame, gradients)
        return as_tensor(image), as_tensor(z) if ctx.frame.grid.perspective else None, None, None
