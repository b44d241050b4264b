"""Random flips and crops of a whole batch at once."""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

RANDOM_NUMBERS = 5
"""Drawn for each photo, whatever the settings: one for the flip, four for the window's sides."""


@dataclass(frozen=True)
class Augmentation:
    """Horizontal flip, then padding and a random window of the padded picture."""

    flip: float = 0.5
    """Probability of the flip."""
    pad: int = 10
    """Pixels added on every side before the crop."""
    crop: Literal["independent", "same", "none"] = "independent"
    """"independent": every side of the window lies anywhere in the padding, on its own, and what is inside is resized
    (CUB, ATR): the object gets smaller and its aspect changes a little. "same": a window of the picture's own size
    (Market)."""
    fill: Literal["zero", "edge"] = "zero"
    """The padding's colour: black as published, or that of the picture's edge."""

    def draw(self, count: int, generator: torch.Generator) -> Float[Tensor, "B 5"]:
        """The random numbers, 0..1, for so many photos."""
        return torch.rand(count, RANDOM_NUMBERS, generator=generator)

    def __call__(
        self, photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"], random: Float[Tensor, "B 5"]
    ) -> tuple[Float[Tensor, "B 3 H W"], Float[Tensor, "B 1 H W"]]:
        """Photo and mask, the mask 0 or 1 again; beyond the picture it is 0."""
        grid = F.affine_grid(self._transform(photo, random), list(photo.shape), align_corners=False)
        padding = {"zero": "zeros", "edge": "border"}[self.fill]
        seen = F.grid_sample(torch.cat([photo, mask], dim=1), grid, padding_mode=padding, align_corners=False)
        inside = seen[:, 3:] > 0.5
        if self.fill == "edge":
            inside = inside & (grid.abs() <= 1.0).all(dim=3)[:, None]
        return seen[:, :3], inside.float()

    def _transform(self, photo: Tensor, random: Tensor) -> Float[Tensor, "B 2 3"]:
        """From the result's positions to the picture's, both -1..1."""
        size = torch.tensor([photo.shape[3], photo.shape[2]], dtype=torch.float32)
        low, high = self._window(size, random[:, 1:3], random[:, 3:5])
        scale, middle = (high - low) / size, (high + low) / size - 1.0
        sign = torch.where(random[:, 0] < self.flip, -1.0, 1.0)
        theta = torch.zeros(len(random), 2, 3)
        theta[:, 0, 0], theta[:, 0, 2] = sign * scale[:, 0], sign * middle[:, 0]
        theta[:, 1, 1], theta[:, 1, 2] = scale[:, 1], middle[:, 1]
        return theta

    def _window(self, size: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """Upper left and lower right corner, (B, 2) each as (x, y), in the picture's pixels, whole numbers."""
        if self.crop == "none":
            return torch.zeros_like(first), size.expand_as(first)
        if self.crop == "same":
            low = (first * (2 * self.pad + 1)).floor() - self.pad
            return low, low + size
        low = (first * (self.pad + 1)).floor() - self.pad
        return low, size + self.pad - (second * (self.pad + 1)).floor()
