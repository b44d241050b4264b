"""The mesh is flat at its rim."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor


def rim_depth_loss(
    vertices: Float[Tensor, "B V 3"], kind: Literal["round", "column"], ratio: int | float = 2.0
) -> Float[Tensor, ""]:
    """Mean squared depth, weighed more the farther a vertex is from the axis (released 3D Magic Mirror).

    The weight is exp(2 (x^2 + (y / ratio)^2)) for people ("round", depthR) and x^2 + (y / ratio)^2 for birds
    ("column", depthC).

    Args:
        vertices: model space, template units.
        kind: which weight.
        ratio: height over width of the template.
    """
    x, y, z = vertices.unbind(dim=-1)
    distance = x.square() + (y / ratio).square()
    weight = torch.exp(2.0 * distance) if kind == "round" else distance
    return (z.square() * weight).mean()
