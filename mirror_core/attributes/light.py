"""Light as nine spherical-harmonic coefficients in kaolin's (legacy) order: 1, x, z, y, xy, yz, z2, xz, x2-y2."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

Y00 = 0.5 / math.sqrt(math.pi)
"""Value of the constant band; a light of 1 / Y00 in it leaves the texture as it is."""


def ambient_light(batch: int = 1, level: float = 1.0) -> Float[Tensor, "B 9"]:
    """Light from everywhere that multiplies the texture by `level`."""
    light = torch.zeros(batch, 9)
    light[:, 0] = level / Y00
    return light
