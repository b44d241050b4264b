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

    def __call__(self, picture: Float[Tensor, "B 4 H W"], random: Float[Tensor, "B 5"]) -> Float[Tensor, "B 4 H W"]:
        """RGB and mask, the mask 0 or 1 again; beyond the picture it is 0."""
        x, y = self._positions(picture, random)
        grid = torch.stack([x[:, None, :].expand(-1, y.shape[1], -1), y[:, :, None].expand(-1, -1, x.shape[1])], dim=3)
        padding = {"zero": "zeros", "edge": "border"}[self.fill]
        seen = F.grid_sample(picture, grid, padding_mode=padding, align_corners=False)
        on_picture = (x.abs() <= 1.0)[:, None, :] & (y.abs() <= 1.0)[:, :, None]
        seen[:, 3] = ((seen[:, 3] > 0.5) & on_picture).float()
        return seen

    def _positions(
        self, picture: Float[Tensor, "B 4 H W"], random: Float[Tensor, "B 5"]
    ) -> tuple[Float[Tensor, "B W"], Float[Tensor, "B H"]]:
        """Where the columns and the rows of the result lie on the picture, which spans -1..1."""
        height, width = picture.shape[2:]
        size = torch.tensor([width, height], dtype=torch.float32)
        low, high = self._window(size, random[:, 1:3], random[:, 3:5])
        scale, middle = (high - low) / size, (high + low) / size - 1.0
        columns, rows = ((torch.arange(count) * 2.0 + 1.0) / count - 1.0 for count in (width, height))
        sign = torch.where(random[:, :1] < self.flip, -1.0, 1.0)
        return sign * (scale[:, :1] * columns + middle[:, :1]), scale[:, 1:] * rows + middle[:, 1:]

    def _window(self, size: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        """Upper left and lower right corner, (B, 2) each as (x, y), in the picture's pixels, whole numbers."""
        if self.crop == "none":
            return torch.zeros_like(first), size.expand_as(first)
        if self.crop == "same":
            low = (first * (2 * self.pad + 1)).floor() - self.pad
            return low, low + size
        low = (first * (self.pad + 1)).floor() - self.pad
        return low, size + self.pad - (second * (self.pad + 1)).floor()
