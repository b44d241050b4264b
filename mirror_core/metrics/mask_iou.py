"""Overlap of two masks."""

from jaxtyping import Float
from torch import Tensor


def mask_iou(a: Float[Tensor, "B 1 H W"], b: Float[Tensor, "B 1 H W"]) -> Float[Tensor, " B"]:
    """Intersection over union of hard or soft masks (0..1), 0..1; higher is better, two empty masks have 0."""
    both = (a * b).flatten(1).sum(dim=1)
    either = (a + b - a * b).flatten(1).sum(dim=1)
    return both / (either + 1e-10)
