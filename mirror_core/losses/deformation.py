"""Vertices stay near where they started."""

from jaxtyping import Float
from torch import Tensor


def deformation_loss(offsets: Float[Tensor, "B V 3"]) -> Float[Tensor, ""]:
    """Mean length of the vertices' offsets (3D Magic Mirror, section 3.3); its gradient at zero offset is zero."""
    return (offsets.square().sum(dim=-1) + 1e-12).sqrt().mean() - 1e-6
