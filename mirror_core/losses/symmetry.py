"""The back mirrors the front."""

from jaxtyping import Float, Int
from torch import Tensor


def symmetry_loss(vertices: Float[Tensor, "B V 3"], front_back: Int[Tensor, " V"]) -> Float[Tensor, ""]:
    """Mean absolute sum of the depths of a vertex and its mirror image (3D Magic Mirror, section 3.3)."""
    depth = vertices[..., 2]
    return (depth + depth[:, front_back]).abs().mean()


def offset_symmetry_loss(offsets: Float[Tensor, "B V 3"], front_back: Int[Tensor, " V"]) -> Float[Tensor, ""]:
    """Mean distance of a vertex's offset from its mirror image's, mirrored in z (released 3D Magic Mirror).

    Counted only where the mirrored vertex moves outward, away from the plane z = 0 behind it.
    """
    mirrored = offsets[:, front_back] * offsets.new_tensor([1.0, 1.0, -1.0])
    outward = (mirrored[..., 2] > 0).to(offsets)
    distance = ((offsets - mirrored).square().sum(dim=-1) + 1e-12).sqrt() - 1e-6
    return (distance * outward).mean()
