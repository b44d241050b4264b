"""PatchGAN (Isola et al. 2017), which MeshInversion adds in image space: it judges renderings patch by patch."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.discriminators.wgan_critic import SLOPE

INITIAL_STD = 0.02
"""Of all weights at first."""
KERNEL = 4


@dataclass(frozen=True)
class PatchConfig:
    """A discriminator of patches; the default sees 70 x 70 pixels and gives 30 x 30 scores for 256 x 256."""

    widths: tuple[int, ...] = (64, 128, 256, 512)
    """Channels; each layer but the last halves the size, each but the first has instance normalisation."""


PATCH_PAPER = PatchConfig()
"""As published, 2.77 M parameters."""

PATCH_LITE = PatchConfig((16, 32, 48, 64))
"""Ours, for CPUs: the same patches, a thirtieth of the parameters."""


class PatchDiscriminator(nn.Module):
    """Rates each patch of a picture."""

    def __init__(self, config: PatchConfig) -> None:
        super().__init__()
        self.config = config
        channels, layers = 3, list[nn.Module]()
        for number, width in enumerate(config.widths):
            stride = 2 if number < len(config.widths) - 1 else 1
            layers.append(nn.Conv2d(channels, width, KERNEL, stride, padding=1))
            layers += [nn.InstanceNorm2d(width)] if number else []
            layers.append(nn.LeakyReLU(SLOPE, inplace=True))
            channels = width
        self.network = nn.Sequential(*layers, nn.Conv2d(channels, 1, KERNEL, padding=1))
        for layer in self.network:
            if isinstance(layer, nn.Conv2d) and layer.bias is not None:
                nn.init.normal_(layer.weight, std=INITIAL_STD)
                nn.init.zeros_(layer.bias)

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B h w"]:
        """Scores; pictures are sRGB 0..1 on black, at least 32 pixels high and wide."""
        return self.network(2.0 * picture - 1.0)[:, 0]
