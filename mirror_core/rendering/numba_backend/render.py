"""The whole way from camera-space vertices to pictures and back, as one function for autograd."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mirror_core.mesh.normals import vertex_normals
from mirror_core.rendering.fragments import RasterSettings, RenderedImage
from mirror_core.rendering.numba_backend.geometry import project_faces, sum_to_vertices
from mirror_core.rendering.numba_backend.gradient import render_gradients
from mirror_core.rendering.numba_backend.layout import (
    SUMS,
    Array,
    FaceGradients,
    Faces,
    Frame,
    Look,
    Mesh,
    Picture,
    Upstream,
    as_array,
    as_tensor,
    count_chunks,
    make_grid,
    make_mesh,
    unbounded_faces,
)
from mirror_core.rendering.numba_backend.rasterize import count_bands, draw_frame
from mirror_core.rendering.numba_backend.shade import shade, texture_gradient
from mirror_core.rendering.numba_backend.threads import run_tasks, thread_count
from mirror_core.rendering.scene import Scene
from mirror_core.rendering.shading import SH_FACTORS


@dataclass(frozen=True)
class _Plan:
    """What a render needs beside its differentiable inputs."""

    scene: Scene
    image_size: tuple[int, int]
    settings: RasterSettings


def render(scene: Scene, image_size: tuple[int, int], settings: RasterSettings) -> RenderedImage:
    """Rasterize and shade."""
    normals = vertex_normals(scene.vertices, scene.faces) if scene.smooth_normals else None
    light = None if scene.light is None else scene.light * scene.light.new_tensor(SH_FACTORS)
    plan = _Plan(scene, image_size, settings)
    return RenderedImage(*_Render.apply(scene.vertices, normals, scene.texture, light, plan))


class _Render(torch.autograd.Function):
    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, vertices: Tensor, normals: Tensor | None, texture: Tensor | None, light: Tensor | None, plan: _Plan
    ) -> tuple[Tensor | None, ...]:
        lit = texture is not None and light is not None
        faces, face_normals, level = _project(_mesh(plan, vertices), light if lit and normals is None else None)
        frame = draw_frame(faces, make_grid(plan.image_size, plan.settings, vertices.dtype))
        look = _look(plan.scene, face_normals if normals is None else normals, texture, light)
        batch, height, width = frame.pixels.face_index.shape
        rgb, mask, normal, uv = (
            np.empty((batch, count, height, width), dtype=level.dtype) for count in (3 if look.textured else 0, 1, 3, 2)
        )
        if lit and look.smooth:
            level = np.empty((batch, height, width), dtype=level.dtype)
        picture = Picture(rgb, level, mask, normal, uv)
        run_tasks(shade, batch * count_bands(batch, height), frame, look, picture)
        depth, silhouette = frame.pixels.depth[:, None], frame.pixels.silhouette[:, None]
        outputs = [as_tensor(plane) for plane in (rgb, silhouette, mask, normal, depth, uv)]
        ctx.plan, ctx.frame, ctx.level = plan, frame, level
        ctx.save_for_backward(vertices, face_normals if normals is None else normals, texture, light, outputs[5])
        ctx.mark_non_differentiable(outputs[2], outputs[4])
        ctx.set_materialize_grads(False)
        return outputs[0] if look.textured else None, *outputs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        vertices, normals, texture, light, uv = ctx.saved_tensors
        rgb, silhouette, _, of_normals, _, of_uv = upstream
        needs_vertices, needs_normals, needs_texture, needs_light, _ = ctx.needs_input_grad
        look = _look(ctx.plan.scene, normals, texture, light)
        nothing = as_array(vertices.new_zeros(0, 0, 0, 0))
        picture = Picture(nothing, ctx.level, nothing, nothing, as_array(uv))
        scene = ctx.frame, look, picture
        for_vertices = for_normals = for_texture = for_light = None
        if needs_vertices or needs_normals or needs_light:
            mesh = _mesh(ctx.plan, vertices)
            gradients = _upstream(nothing, rgb, silhouette, of_normals, of_uv)
            out = _face_gradients(mesh, scene, gradients)
            for_vertices = _to_vertices(mesh, out.corners)
            for_normals = _to_vertices(mesh, out.normals) if needs_normals else None
            for_light = as_tensor(out.light.sum(axis=1)) if needs_light else None
        if needs_texture and rgb is not None:
            totals = np.empty(texture.shape, dtype=picture.uv.dtype)
            run_tasks(texture_gradient, 3 * len(rgb), ctx.frame.pixels.face_index, scene, as_array(rgb), totals)
            for_texture = as_tensor(totals)
        return for_vertices, for_normals, for_texture, for_light, None


def _mesh(plan: _Plan, vertices: Tensor) -> Mesh:
    return make_mesh(vertices, plan.scene.faces, plan.image_size, plan.settings.cull_by_view)


def _look(scene: Scene, normals: Tensor, texture: Tensor | None, light: Tensor | None) -> Look:
    textures = normals.new_zeros(0, 3, 1, 1) if texture is None else texture
    return Look(
        uv=as_array(scene.uv),
        uv_faces=as_array(scene.uv_faces),
        normals=as_array(normals),
        faces=as_array(scene.faces),
        texture=as_array(textures[:1] if textures.stride(0) == 0 else textures),  # expanded: one for the whole batch
        light=as_array(normals.new_zeros(0, 9) if light is None else light),
        smooth=scene.smooth_normals,
        textured=texture is not None,
        lit=texture is not None and light is not None,
    )


def _project(mesh: Mesh, light: Tensor | None) -> tuple[Faces, Tensor, Array]:
    """Faces, their normals, and the level of light on each (of length 0 without a light)."""
    batch, count = len(mesh.vertices), len(mesh.faces)
    dtype = mesh.vertices.dtype
    image, z = np.empty((batch, count, 3, 2), dtype=dtype), np.empty((batch, count, 3), dtype=dtype)
    faces = unbounded_faces(image, z, np.empty((batch, count), dtype=np.bool_))
    normals = np.empty((batch, count, 3), dtype=dtype)
    level = np.empty((0 if light is None else batch, count, 1), dtype=dtype)
    flat = normals, np.empty((0, 9), dtype=dtype) if light is None else as_array(light), level
    run_tasks(project_faces, batch * count_chunks(count), mesh, faces, flat)
    return faces, as_tensor(normals), level


def _upstream(nothing: Array, *gradients: Tensor | None) -> Upstream:
    rgb, silhouette, normals, uv = (nothing if gradient is None else as_array(gradient) for gradient in gradients)
    silhouette = silhouette.reshape(len(silhouette), *silhouette.shape[2:])
    return Upstream(rgb, silhouette, normals, uv, *(gradient is not None for gradient in gradients))


def _face_gradients(mesh: Mesh, scene: tuple[Frame, Look, Picture], upstream: Upstream) -> FaceGradients:
    batch, count, dtype = len(mesh.vertices), len(mesh.faces), mesh.vertices.dtype
    chunks = count_chunks(count)
    out = FaceGradients(
        corners=np.empty((batch, count, 9), dtype=dtype),
        normals=np.empty((batch, count if scene[1].smooth else 0, 9), dtype=dtype),
        light=np.empty((batch, chunks, 9), dtype=dtype),
        sums=np.empty((thread_count(batch * chunks), SUMS), dtype=dtype),
    )
    run_tasks(render_gradients, batch * chunks, mesh, scene, upstream, out)
    return out


def _to_vertices(mesh: Mesh, corner_values: Array) -> Tensor:
    totals = np.empty_like(mesh.vertices)
    batch, count, _ = corner_values.shape
    run_tasks(sum_to_vertices, batch, mesh.faces, corner_values.reshape(batch, count, 3, 3), totals)
    return as_tensor(totals)
