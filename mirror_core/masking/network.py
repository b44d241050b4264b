"""The project's own segmenter: where in a picture is the person or the garment.

A U-Net (Ronneberger et al. 2015) for processors without a GPU: nearly all of it works at half the picture's resolution
and below; only a few channels at full resolution bring the outline back.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.weights import find_model
from mirror_core.weights.model_folder import fill, in_half, read_model, write_model

SHIPPED = "mirror-mask"
"""Name of the shipped weights."""

STEP = 16
"""The sides of a picture should be multiples of this, or its lower levels see it a little displaced."""


@dataclass(frozen=True)
class MaskConfig:
    """Size of the network."""

    fine: int = 8
    """Channels at the picture's own resolution."""
    widths: tuple[int, ...] = (16, 32, 64, 128, 192)
    """Channels of the levels below, each half as large as the one before."""
    long_side: int = 128
    """Pixels along the long side of the pictures that it knows best."""


class MaskNetwork(nn.Module):
    """Gives each pixel a score: above 0 it is more likely foreground than not."""

    name = "mask"

    def __init__(self, config: MaskConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or MaskConfig()
        sizes = (config.fine, *config.widths)
        self.first = _block(3, config.fine)
        self.down = nn.ModuleList(
            nn.Sequential(_block(above, below, 2), _block(below, below)) for above, below in itertools.pairwise(sizes)
        )
        self.squeeze = nn.ModuleList(
            nn.Conv2d(below, above, 1, bias=False) for above, below in itertools.pairwise(sizes)
        )
        self.up = nn.ModuleList(_block(above, above) for above in sizes[:-1])
        self.last = nn.Conv2d(config.fine, 1, 3, padding=1)

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 1 H W"]:
        """Scores; pictures are sRGB 0..1 with their background, each side at least 32 pixels."""
        seen = [self.first(picture * 2.0 - 1.0)]
        for down in self.down:
            seen.append(down(seen[-1]))
        found = seen.pop()
        for squeeze, up in zip(reversed(self.squeeze), reversed(self.up), strict=True):
            above = seen.pop()
            found = up(above + nn.functional.interpolate(squeeze(found), size=above.shape[2:]))
        return self.last(found)

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path = SHIPPED) -> "MaskNetwork":
        """The shipped network, or one from a folder, ready for use."""
        folder = find_model(name_or_folder)
        config, tensors = read_model(folder, cls.__name__, MaskConfig)
        network = cls(config)
        fill(network, tensors, folder)
        return network.eval()

    def save_pretrained(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write config.json and model.safetensors, in half precision."""
        write_model(folder, type(self).__name__, self.config, in_half(self.state_dict()), overwrite=overwrite)


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )
