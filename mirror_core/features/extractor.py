"""What every feature network offers."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

CHUNK = 50
"""Pictures looked at at a time."""


@runtime_checkable
class FeatureExtractor(Protocol):
    """A network that describes pictures by vectors; `name` stands beside every figure that was made with it."""

    name: str

    def describe(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B D"]:
        """One vector a picture; sRGB 0..1, on white."""
        ...


@torch.no_grad()
def features_of(extractor: FeatureExtractor, pictures: Float[Tensor, "N 3 H W"]) -> Float[Tensor, "N D"]:
    """Vectors of many pictures."""
    return torch.cat([extractor.describe(part) for part in pictures.split(CHUNK)])
