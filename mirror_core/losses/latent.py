"""Codes stay where the generator learnt them."""

from jaxtyping import Float
from torch import Tensor


def latent_loss(code: Float[Tensor, "B Z"]) -> Float[Tensor, ""]:
    """Mean of z^2 / 2: the negative logarithm of N(0, I), but for a constant (MeshInversion, section 3.4)."""
    return code.square().mean() / 2.0
