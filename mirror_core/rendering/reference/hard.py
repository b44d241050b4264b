"""The hard rasterizer: which face each pixel shows, and where on it."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from mirror_core.rendering.fragments import RasterSettings
from mirror_core.rendering.projection import pixel_centres
from mirror_core.rendering.reference.pairs import MULTIPLIER, box_pairs, scaled_grid
from mirror_core.rendering.scene import ProjectedFaces

EPSILON = 1e-8
"""kaolin's guard of the triangle's area: in multiplied units forward, in NDC units backward."""


@torch.no_grad()
def draw_faces(
    faces: ProjectedFaces, image_size: tuple[int, int], settings: RasterSettings
) -> tuple[Int[Tensor, "B H W"], Float[Tensor, "B H W"]]:
    """Face index (-1 where none) and depth (0 where none) of the nearest valid face.

    Both windings count, edges belong to both faces, and of equal depths the lowest face index wins.
    """
    batch, face_count = faces.valid.shape
    corners = faces.image * MULTIPLIER
    x, y = scaled_grid(image_size, corners)
    low = corners.amin(dim=2).masked_fill(~faces.valid[..., None], torch.inf)
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    for face, pixel in box_pairs(low, corners.amax(dim=2), x, y):
        weights = _weights(corners.reshape(-1, 3, 2)[face], _points(pixel, x, y))
        inside = (weights >= 0).all(dim=-1)
        found.append(
            (face[inside], pixel[inside], _depth(weights[inside], faces.z.reshape(-1, 3)[face[inside]], settings))
        )
    face_index = torch.full((batch * x.numel() * y.numel(),), batch * face_count, device=x.device)
    depth = corners.new_full(face_index.shape, -torch.inf)
    if found:
        face, pixel, z = (torch.cat(parts) for parts in zip(*found, strict=True))
        depth.scatter_reduce_(0, pixel, z, "amax")
        nearest = z == depth[pixel]
        face_index.scatter_reduce_(0, pixel[nearest], face[nearest], "amin")
    empty = face_index == batch * face_count
    face_index = torch.where(empty, -1, face_index % max(face_count, 1))
    shape = (batch, len(y), len(x))
    return face_index.reshape(shape), depth.masked_fill(empty, 0.0).reshape(shape)


def pixel_weights(image: Float[Tensor, "B F 3 2"], face_index: Int[Tensor, "B H W"]) -> Float[Tensor, "B H W 3"]:
    """Screen-space barycentric weights of each covered pixel, differentiable; 0 elsewhere."""
    batch, height, width = face_index.shape
    covered = (face_index >= 0).reshape(-1).nonzero().squeeze(1)
    x, y = pixel_centres(width).to(image), pixel_centres(height).flip(0).to(image)
    corners = _of_pixels(image.flatten(2), face_index, covered).reshape(-1, 3, 2)
    weights: Tensor = _ScreenWeights.apply(corners, _points(covered, x, y))
    index = covered[:, None].expand(-1, 3)
    return weights.new_zeros(batch * height * width, 3).scatter(0, index, weights).reshape(batch, height, width, 3)


def perspective_weights(
    weights: Float[Tensor, "B H W 3"], z: Float[Tensor, "B F 3"], face_index: Int[Tensor, "B H W"]
) -> Float[Tensor, "B H W 3"]:
    """Barycentric weights on the triangle in space instead of on its picture; differentiable in z as well."""
    covered = (face_index >= 0).reshape(-1).nonzero().squeeze(1)
    index = covered[:, None].expand(-1, 3)
    per_depth = weights.reshape(-1, 3).gather(0, index) / _of_pixels(z, face_index, covered)
    true_weights = per_depth / per_depth.sum(dim=-1, keepdim=True)
    return torch.zeros_like(weights).reshape(-1, 3).scatter(0, index, true_weights).reshape(weights.shape)


def _of_pixels(values: Float[Tensor, "B F D"], face_index: Int[Tensor, "B H W"], pixel: Int[Tensor, " P"]) -> Tensor:
    """Values of the face at each pixel (P, D)."""
    batch, face_count, size = values.shape
    image = pixel // face_index[0].numel() if batch else pixel
    face = image * face_count + face_index.reshape(-1)[pixel]
    return values.reshape(-1, size).gather(0, face[:, None].expand(-1, size))


def _points(pixel: Int[Tensor, " P"], x: Float[Tensor, " W"], y: Float[Tensor, " H"]) -> Float[Tensor, "P 2"]:
    width, height = len(x), len(y)
    return torch.stack([x[pixel % width], y[(pixel // width) % height]], dim=-1)


def _weights(corners: Float[Tensor, "P 3 2"], points: Float[Tensor, "P 2"]) -> Float[Tensor, "P 3"]:
    (ax, ay), (bx, by), (cx, cy) = ((corner - points).unbind(-1) for corner in corners.unbind(1))
    areas = (bx * cy - by * cx, cx * ay - cy * ax, ax * by - ay * bx)
    total = areas[0] + areas[1] + areas[2]
    total = total + torch.copysign(torch.full_like(total, EPSILON), total)
    return torch.stack([area / total for area in areas], dim=-1)


def _depth(weights: Float[Tensor, "P 3"], z: Float[Tensor, "P 3"], settings: RasterSettings) -> Float[Tensor, " P"]:
    (w0, w1, w2), (z0, z1, z2) = weights.unbind(-1), z.unbind(-1)
    if settings.perspective_correct:
        return 1.0 / (w0 / z0 + w1 / z1 + w2 / z2)
    return w0 * z0 + w1 * z1 + w2 * z2


class _ScreenWeights(torch.autograd.Function):
    """Barycentric weights with kaolin's gradient: d I / d v_i = -w_i d I / d P."""

    @staticmethod
    def forward(ctx: Any, corners: Tensor, points: Tensor) -> Tensor:  # type: ignore[override]
        weights = _weights(corners * MULTIPLIER, points * MULTIPLIER)
        ctx.save_for_backward(corners, weights)
        return weights

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        corners, weights = ctx.saved_tensors
        (ax, ay), (bx, by), (cx, cy) = (corner.unbind(-1) for corner in corners.unbind(1))
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        area = area + torch.copysign(torch.full_like(area, EPSILON), area)
        g0, g1, g2 = grad.unbind(-1)
        along_x = (g0 * (by - cy) + g1 * (cy - ay) + g2 * (ay - by)) / area
        along_y = (g0 * (cx - bx) + g1 * (ax - cx) + g2 * (bx - ax)) / area
        return -weights[:, :, None] * torch.stack([along_x, along_y], dim=-1)[:, None], None
