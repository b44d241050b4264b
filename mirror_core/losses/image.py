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


def whitened_image_loss(
    rendered: Float[Tensor, "B 3 H W"], photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]
) -> Float[Tensor, ""]:
    """Mean absolute difference, both pictures whitened outside the photo's mask (released 3D Magic Mirror).

    What is rendered outside the mask costs nothing here.
    """
    return ((photo - rendered) * mask).abs().mean()
