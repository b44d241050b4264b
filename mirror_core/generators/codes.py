"""Latent codes."""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import InputError


def draw_codes(
    count: int, size: int, generator: torch.Generator, truncation: int | float | None = None
) -> Float[Tensor, "{count} {size}"]:
    """Codes from the standard normal distribution.

    Args:
        count: how many.
        size: numbers of a code.
        generator: where the randomness comes from.
        truncation: each number is drawn anew until it lies within this many standard deviations (ConvMesh: 0.25 to 1);
            none: no limit.

    Raises:
        InputError: truncation is not positive.
    """
    codes = torch.randn(count, size, generator=generator)
    if truncation is None:
        return codes
    if not truncation > 0.0:
        raise InputError(f"truncation must be larger than 0, but is {truncation}.", "Choose 0.25 to 3, or none.")
    beyond = codes.abs() > truncation
    while bool(beyond.any()):
        codes[beyond] = torch.randn(int(beyond.sum()), generator=generator)
        beyond = codes.abs() > truncation
    return codes
