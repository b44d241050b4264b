"""The critic of 3D Magic Mirror: plain convolutions without normalisation (Table 10)."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn

SLOPE = 0.2
PICTURE_CHANNELS = 4


@dataclass(frozen=True)
class CriticConfig:
    """Channels, kernel and stride of each convolution; one more, to a single channel, follows."""

    layers: tuple[tuple[int, int, int], ...] = (
        (16, 1, 1),
        (16, 3, 1),
        (32, 3, 2),
        (32, 3, 1),
        (48, 3, 2),
        (48, 3, 1),
        (64, 3, 2),
        (64, 3, 1),
        (64, 3, 2),
        (64, 3, 1),
        (64, 3, 2),
        (64, 3, 1),
        (48, 3, 2),
        (32, 3, 1),
    )
    """(channels, kernel, stride); the default is Table 10."""


LITE_CRITIC = CriticConfig(((16, 5, 4), (32, 3, 2), (48, 3, 2), (64, 3, 2), (64, 3, 2)))
"""Ours, for CPUs: a fifth of the depth, strided from the first layer on."""


class WganCritic(nn.Module):
    """Rates pictures of colours and mask; higher is more like a photo."""

    def __init__(self, config: CriticConfig) -> None:
        super().__init__()
        self.config = config
        channels, layers = PICTURE_CHANNELS, list[nn.Module]()
        for width, kernel, stride in config.layers:
            layers += [nn.Conv2d(channels, width, kernel, stride, kernel // 2, bias=False), nn.LeakyReLU(SLOPE)]
            channels = width
        self.network = nn.Sequential(*layers, nn.Conv2d(channels, 1, 1, bias=False))

    def forward(self, picture: Float[Tensor, "B 4 H W"]) -> Float[Tensor, " B"]:
        """One number a picture: the mean of the last map."""
        return self.network(picture).mean(dim=(1, 2, 3))
