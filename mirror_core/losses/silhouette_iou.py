"""Overlap of the rendered silhouette with the mask."""

from jaxtyping import Float
from torch import Tensor

from mirror_core.metrics.mask_iou import mask_iou


def silhouette_iou_loss(silhouette: Float[Tensor, "B 1 H W"], mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, ""]:
    """One minus the soft intersection over union, averaged over the batch (3D Magic Mirror, equation 9)."""
    return (1.0 - mask_iou(silhouette, mask)).mean()
