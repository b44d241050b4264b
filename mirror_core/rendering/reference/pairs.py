"""Every (face, pixel) pair whose pixel centre lies in the face's bounding box."""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.rendering.projection import pixel_centres

MULTIPLIER = 1000.0
"""kaolin's scale of the image plane inside the rasterizer; its epsilons are relative to it."""

PAIRS_AT_ONCE = 1 << 22
"""Bounds the memory of one step; one face that covers a larger image still goes in one step."""


def scaled_grid(image_size: tuple[int, int], like: Tensor) -> tuple[Float[Tensor, " W"], Float[Tensor, " H"]]:
    """Multiplied NDC x of the columns and y of the rows (row 0 is the top), in `like`'s dtype and device."""
    height, width = image_size
    x = (pixel_centres(width) * MULTIPLIER).to(like)
    y = (pixel_centres(height) * MULTIPLIER).flip(0).to(like)
    return x, y


def box_pairs(
    low: Float[Tensor, "B F 2"], high: Float[Tensor, "B F 2"], x: Float[Tensor, " W"], y: Float[Tensor, " H"]
) -> Iterator[tuple[Int[Tensor, " P"], Int[Tensor, " P"]]]:
    """Yield (face, pixel) numbers with low <= pixel centre < high, in the order of the faces.

    Faces are numbered through the batch (b F + f), pixels too (b H W + r W + c); a box that is not finite holds none.
    """
    faces_per_image, width, height = low.shape[1], len(x), len(y)
    first_column = torch.searchsorted(x, low[..., 0].reshape(-1).contiguous())
    columns = torch.searchsorted(x, high[..., 0].reshape(-1).contiguous()) - first_column
    upward = y.flip(0)
    first_row = height - torch.searchsorted(upward, high[..., 1].reshape(-1).contiguous())
    rows = height - torch.searchsorted(upward, low[..., 1].reshape(-1).contiguous()) - first_row
    finite = torch.isfinite(low + high).all(dim=-1).reshape(-1)
    counts = columns.clamp(min=0) * rows.clamp(min=0) * finite
    image = torch.arange(len(counts), device=x.device) // faces_per_image
    start = image * height * width + first_row * width + first_column
    for chosen in _portions(counts):
        face = chosen.repeat_interleave(counts[chosen])
        ends = counts[chosen].cumsum(0)
        within = torch.arange(len(face), device=x.device) - (ends - counts[chosen]).repeat_interleave(counts[chosen])
        row = within // columns[face]
        yield face, start[face] + row * width + within - row * columns[face]


def _portions(counts: Int[Tensor, " N"]) -> Iterator[Int[Tensor, " n"]]:
    """Numbers of the faces that have pairs, split so that a portion has about PAIRS_AT_ONCE pairs."""
    chosen = counts.nonzero().squeeze(1)
    portion = (counts[chosen].cumsum(0) - 1) // PAIRS_AT_ONCE
    first = 0
    while first < len(chosen):
        last = int(torch.searchsorted(portion, portion[first], right=True))
        yield chosen[first:last]
        first = last
