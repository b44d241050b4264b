"""What a trainer is fed."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor


@dataclass(frozen=True)
class PhotoBatch:
    """Photos with their masks.

    Attributes:
        photo: sRGB 0..1, background kept.
        mask: 0 or 1.
        index: number of each photo in its source.
    """

    photo: Float[Tensor, "B 3 H W"]
    mask: Float[Tensor, "B 1 H W"]
    index: Int[Tensor, " B"]

    def to(self, device: torch.device) -> "PhotoBatch":
        """The same on another device."""
        return PhotoBatch(self.photo.to(device), self.mask.to(device), self.index)


@runtime_checkable
class PhotoSource(Protocol):
    """Photos by number. There is no loader: a source keeps them all at hand and makes a batch in milliseconds."""

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of every photo."""
        ...

    def __len__(self) -> int: ...

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PhotoBatch:
        """Some photos, as they are or, with a generator, augmented.

        Args:
            index: numbers of the photos.
            generator: random numbers are drawn for all of `index`,
            rows: then only these photos are made, so that two processes see together what one would see.
        """
        ...
