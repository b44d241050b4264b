"""The illumination encoder (3D Magic Mirror, equation 4 and Table 8)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.encoders.backbones import StridedBackbone
from mirror_core.encoders.config import LightConfig
from mirror_core.encoders.layers import MixedPool, make_activation, start_small


class LightEncoder(nn.Module):
    """From a picture to nine spherical harmonics: ambient light with a little direction."""

    middle: Tensor
    spread: Tensor

    def __init__(self, config: LightConfig, norm: str) -> None:
        super().__init__()
        self.network = nn.Sequential(
            StridedBackbone(config.widths, norm, config.kernel),
            MixedPool(),
            nn.Flatten(),
            nn.Linear(config.widths[-1], config.hidden),
            make_activation(),
            start_small(nn.Linear(config.hidden, 9)),
        )
        low, high = config.ambient
        self.register_buffer("middle", torch.tensor([(low + high) / 2] + [0.0] * 8), persistent=False)
        self.register_buffer("spread", torch.tensor([(high - low) / 2] + [config.directional] * 8), persistent=False)

    def forward(self, picture: Float[Tensor, "B 4 H W"]) -> Float[Tensor, "B 9"]:
        """Coefficients in kaolin's order."""
        return self.middle + self.spread * torch.tanh(self.network(picture))
