"""The release's background network: what is behind the object, from the photo without it."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.encoders.layers import conv_norm

WIDTHS = (16, 32, 64)


class BackgroundNetwork(nn.Module):
    """A small encoder and decoder on the photo with the object blackened; its output is a picture of the same size."""

    def __init__(self, norm: str) -> None:
        super().__init__()
        first, second, third = WIDTHS
        self.down = nn.Sequential(
            conv_norm(3, first, 3, 2, norm), conv_norm(first, second, 3, 2, norm), conv_norm(second, third, 3, 2, norm)
        )
        self.up = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="bilinear"),
            conv_norm(third, second, 3, 1, norm),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            conv_norm(second, first, 3, 1, norm),
            nn.Upsample(scale_factor=2, mode="bilinear"),
            nn.Conv2d(first, 3, 3, padding=1),
        )

    def forward(self, photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B 3 H W"]:
        """SRGB 0..1."""
        return torch.sigmoid(self.up(self.down(photo * (1.0 - mask))))
