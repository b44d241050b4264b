"""DIB-R's soft silhouette: 1 where covered; outside, falling off with the distance to the faces nearby."""

from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from mirror_core.rendering.fragments import RasterSettings
from mirror_core.rendering.reference.pairs import MULTIPLIER, box_pairs, scaled_grid

EDGE_EPSILON = 1e-7
"""kaolin adds it to an edge's squared length, in multiplied units."""

PRODUCT_EPSILON = 1e-7
"""kaolin adds it to 1 - p in the gradient."""


def soft_silhouette(
    image: Float[Tensor, "B F 3 2"], face_index: Int[Tensor, "B H W"], settings: RasterSettings
) -> Float[Tensor, "B H W"]:
    """1 - prod_k (1 - exp(-sigmainv d_k^2)) over the first `knum` faces whose grown bounding box holds the pixel."""
    height, width = face_index.shape[1:]
    stretch = image.new_tensor([width / height if settings.isotropic else 1.0, 1.0])
    corners = image * (MULTIPLIER * stretch)
    x, y = scaled_grid((height, width), image)
    x = x * stretch[0]
    covered = face_index.reshape(-1) >= 0
    face, pixel = _counted_pairs(corners.detach(), x, y, covered, settings)
    points = torch.stack([x[pixel % width], y[(pixel // width) % height]], dim=-1)
    index = face[:, None].expand(-1, 6)
    squared = _squared_distance(corners.reshape(-1, 6).gather(0, index).reshape(-1, 3, 2), points) / MULTIPLIER**2
    outside: Tensor = _UnionOfProbabilities.apply(squared, pixel, covered.numel(), settings.sigmainv)
    return torch.where(covered, 1.0, outside).reshape(face_index.shape)


@torch.no_grad()
def _counted_pairs(
    corners: Float[Tensor, "B F 3 2"],
    x: Float[Tensor, " W"],
    y: Float[Tensor, " H"],
    covered: Bool[Tensor, " N"],
    settings: RasterSettings,
) -> tuple[Int[Tensor, " P"], Int[Tensor, " P"]]:
    """(face, pixel) pairs that count: uncovered pixels, and for each the first `knum` faces in index order."""
    reach = settings.boxlen * MULTIPLIER
    faces, pixels = (
        [torch.zeros(0, dtype=torch.long, device=x.device)],
        [torch.zeros(0, dtype=torch.long, device=x.device)],
    )
    for face, pixel in box_pairs(corners.amin(dim=2) - reach, corners.amax(dim=2) + reach, x, y):
        free = ~covered[pixel]
        faces.append(face[free])
        pixels.append(pixel[free])
    pixel, order = torch.cat(pixels).sort(stable=True)
    position = torch.arange(len(pixel), device=x.device)
    first = torch.searchsorted(pixel, pixel)
    counted = position - first < settings.knum
    return torch.cat(faces)[order][counted], pixel[counted]


def _squared_distance(corners: Float[Tensor, "P 3 2"], points: Float[Tensor, "P 2"]) -> Float[Tensor, " P"]:
    """To the nearest of the three edges; beyond an edge's ends, to its end."""
    distances: list[Tensor] = []
    for first, second in ((0, 1), (1, 2), (2, 0)):
        a, b = corners[:, first], corners[:, second]
        edge = b - a
        along = ((points - a) * edge).sum(-1) / ((edge * edge).sum(-1) + EDGE_EPSILON)
        foot = a + along.clamp(0.0, 1.0)[:, None] * edge
        distances.append(((points - foot) ** 2).sum(-1))
    return torch.stack(distances, dim=-1).min(dim=-1).values


class _UnionOfProbabilities(torch.autograd.Function):
    """1 - prod (1 - exp(-sigmainv d^2)) over the pairs of each pixel, with kaolin's guarded gradient."""

    @staticmethod
    def forward(ctx: Any, squared: Tensor, pixel: Tensor, pixel_count: int, sigmainv: float) -> Tensor:  # type: ignore[override]
        probability = torch.exp(-sigmainv * squared)
        absent = squared.new_ones(pixel_count).scatter_reduce(0, pixel, 1.0 - probability, "prod")
        ctx.save_for_backward(probability, absent, pixel)
        ctx.sigmainv = sigmainv
        return 1.0 - absent

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:  # type: ignore[override]
        probability, absent, pixel = ctx.saved_tensors
        slope = probability / (1.0 - probability + PRODUCT_EPSILON)
        return -ctx.sigmainv * (grad * absent)[pixel] * slope, None, None, None
