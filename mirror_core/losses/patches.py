"""Means over patches of which only a part is visible."""

from jaxtyping import Float
from torch import Tensor


def patch_mean(values: Float[Tensor, "B h w"], visible: Float[Tensor, "B h w"] | None) -> Float[Tensor, ""]:
    """The mean over objects of each one's mean over its patches, weighted by how much of them is visible (ConvMesh).

    An object of which nothing is visible counts as 0.

    Args:
        values: of each patch.
        visible: share of each patch, 0..1; none: all of everything.
    """
    if visible is None:
        return values.mean()
    flat, weights = values.flatten(1), visible.flatten(1)
    return ((flat * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-6)).mean()
