"""The back mirrors the front."""

from jaxtyping import Float, Int
from torch import Tensor


def symmetry_loss(vertices: Float[Tensor, "B V 3"], front_back: Int[Tensor, " V"]) -> Float[Tensor, ""]:
    """Mean absolute sum of the depths of a vertex and its mirror image (3D Magic Mirror, section 3.3)."""
    depth = vertices[..., 2]
    return (depth + depth[:, front_back]).abs().mean()
