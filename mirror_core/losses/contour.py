"""Sharp outlines."""

import torch
from jaxtyping import Float
from torch import Tensor


def contour_loss(silhouette: Float[Tensor, "B 1 H W"], mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, ""]:
    """Mean squared difference of two masks' contours (released 3D Magic Mirror, birds only).

    A mask's contour is what it loses when it is shrunk to a quarter and enlarged again, bilinearly: |m - up(down(m))|.
    """
    return (_contour(silhouette) - _contour(mask)).square().mean()


def _contour(mask: Tensor) -> Tensor:
    down = torch.nn.functional.interpolate(mask, scale_factor=0.25, mode="bilinear", align_corners=False)
    up = torch.nn.functional.interpolate(down, size=mask.shape[2:], mode="bilinear", align_corners=False)
    return (mask - up).abs()
