"""From fragments to a picture: normals, texture, light."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.mesh.normals import face_normals, vertex_normals
from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.projection import gather_corners, project
from mirror_core.rendering.scene import ProjectedFaces, Scene

Rasterize = Callable[[ProjectedFaces, tuple[int, int], RasterSettings], Fragments]

SH_FACTORS = (
    0.28209479177,
    0.4886025119,
    0.4886025119,
    0.4886025119,
    1.09254843059,
    1.09254843059,
    0.31539156525,
    0.77254840404,
    0.38627420202,
)
"""kaolin's legacy factors; the last two are not the orthonormal ones, but the papers' lights are in these units."""


def render_fragments(
    rasterize: Rasterize, scene: Scene, image_size: tuple[int, int], settings: RasterSettings
) -> RenderedImage:
    """Project, rasterize with the given function, and shade with torch."""
    projected = project(gather_corners(scene.vertices, scene.faces), image_size, settings.cull_by_view)
    fragments = rasterize(projected, image_size, settings)
    covered = (fragments.face_index >= 0)[:, None]
    mask = covered.to(scene.vertices)
    uv = interpolate(scene.uv[scene.uv_faces].expand(len(mask), -1, -1, -1), fragments)
    normals = _pixel_normals(scene, fragments)
    rgb = None
    if scene.texture is not None:
        rgb = sample_texture(scene.texture, uv) * mask
        if scene.light is not None:
            rgb = rgb * light_level(normals, scene.light)[:, None]
    return RenderedImage(rgb, fragments.silhouette[:, None], mask, normals, -fragments.depth[:, None], uv)


def interpolate(corner_values: Float[Tensor, "B F 3 D"], fragments: Fragments) -> Float[Tensor, "B D H W"]:
    """Values given at the faces' corners, at every pixel; 0 where there is no face."""
    batch, face_count, _, size = corner_values.shape
    index = _flat_faces(fragments.face_index, face_count)
    corners = corner_values.reshape(-1, 3 * size).gather(0, index[:, None].expand(-1, 3 * size))
    height, width = fragments.face_index.shape[1:]
    corners = corners.reshape(batch, height, width, 3, size)
    return (corners * fragments.barycentric[..., None]).sum(dim=3).permute(0, 3, 1, 2)


def sample_texture(texture: Float[Tensor, "B C Ht Wt"], uv: Float[Tensor, "B 2 H W"]) -> Float[Tensor, "B C H W"]:
    """Bilinear; texel centres at (i + 1/2) / size, v = 0 at the bottom row; u wraps around, v stops at the border."""
    width = texture.shape[3]
    padded = torch.nn.functional.pad(texture, (1, 1, 0, 0), mode="circular")
    u, v = uv[:, 0], uv[:, 1]
    u = (u - u.detach().floor()) * (width / (width + 2)) + 1.0 / (width + 2)
    grid = torch.stack([2.0 * u - 1.0, 1.0 - 2.0 * v], dim=-1)
    return torch.nn.functional.grid_sample(
        padded, grid.to(texture), mode="bilinear", padding_mode="border", align_corners=False
    )


def light_level(normals: Float[Tensor, "B 3 H W"], light: Float[Tensor, "B 9"]) -> Float[Tensor, "B H W"]:
    """Evaluate nine spherical harmonics in kaolin's order: what the light multiplies a surface of this normal by."""
    x, y, z = normals.unbind(dim=1)
    basis = (torch.ones_like(x), x, z, y, x * y, y * z, 3.0 * z * z - 1.0, x * z, x * x - y * y)
    coefficients = light * light.new_tensor(SH_FACTORS)
    return sum((coefficients[:, k, None, None] * term for k, term in enumerate(basis)), torch.zeros_like(x))


def _pixel_normals(scene: Scene, fragments: Fragments) -> Float[Tensor, "B 3 H W"]:
    if scene.smooth_normals:
        corners = gather_corners(vertex_normals(scene.vertices, scene.faces), scene.faces)
        return torch.nn.functional.normalize(interpolate(corners, fragments), dim=1, eps=1e-12)
    normals = face_normals(scene.vertices, scene.faces)
    batch, face_count, _ = normals.shape
    index = _flat_faces(fragments.face_index, face_count)
    picked = normals.reshape(-1, 3).gather(0, index[:, None].expand(-1, 3))
    height, width = fragments.face_index.shape[1:]
    picked = picked.reshape(batch, height, width, 3).permute(0, 3, 1, 2)
    return picked * (fragments.face_index >= 0)[:, None]


def _flat_faces(face_index: Int[Tensor, "B H W"], face_count: int) -> Int[Tensor, " N"]:
    """Face numbers through the batch; where there is no face, face 0 stands in."""
    first = torch.arange(len(face_index), device=face_index.device)[:, None, None] * face_count
    return (face_index.long().clamp(min=0) + first).reshape(-1)
