"""Difference of the rendered picture from the photo."""

from jaxtyping import Float
from torch import Tensor


def image_loss(
    rendered: Float[Tensor, "B 3 H W"],
    silhouette: Float[Tensor, "B 1 H W"],
    photo: Float[Tensor, "B 3 H W"],
    mask: Float[Tensor, "B 1 H W"],
) -> Float[Tensor, ""]:
    """Mean absolute difference, each picture blackened outside its own mask (3D Magic Mirror, equation 7)."""
    return (photo * mask - rendered * silhouette).abs().mean()
