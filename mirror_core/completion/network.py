"""The network that says what is behind: for each pixel of a photo, the colour of the side that the camera cannot see.

No face may appear on the back of a head, but cloth is best completed by its own mirror image at full resolution. So
the network answers with a gate (how far the photo's own pixel is right behind, too), a painted colour where it is not,
and how far off it expects to be. Painted colours are mixed from a palette that the network picks from the photo: hair
behind has the colour of the hair in front, whatever colours the training data had.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.weights import find_model
from mirror_core.weights.model_folder import fill, in_half, read_model, write_model

SHIPPED = "mirror-back"
"""Name of the shipped weights."""
NEUTRAL = 0.5
"""Grey that stands for everything but the object."""
LEAST_ERROR = 0.01
"""The network never expects to be less far off than that, sRGB."""


@dataclass(frozen=True)
class BackConfig:
    """What the network sees, and its size."""

    size: tuple[int, int] = (80, 64)
    """Height and width of its window, even; the gate is brought to the photo's resolution by the photo's edges."""
    widths: tuple[int, ...] = (16, 32, 48, 80, 112)
    """Channels of the levels; the first has half the window's size, each other half of that before."""
    palette: int = 12
    """Colours that are picked from the photo."""
    own_colour: float = 0.25
    """How far a painted colour may be from the palette's mixture, sRGB."""


@dataclass(frozen=True)
class Behind:
    """What the network answers, for each pixel of its window.

    Attributes:
        painted: sRGB 0..1.
        gate: 0..1, how much of the photo's pixel is right behind.
        error: how far off `blend` is expected to be, sRGB, the mean over the channels.
    """

    painted: Float[Tensor, "B 3 H W"]
    gate: Float[Tensor, "B 1 H W"]
    error: Float[Tensor, "B 1 H W"]

    def blend(self, photo: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
        """The back, lying on the photo pixel by pixel (seen through the front, not turned around)."""
        return self.painted + self.gate * (photo - self.painted)


class BackNetwork(nn.Module):
    """A U-Net that works at half the window's size and answers at its full size."""

    name = "back"

    def __init__(self, config: BackConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or BackConfig()
        inputs = (4, *config.widths[:-1])
        self.down = nn.ModuleList(_Down(a, b) for a, b in zip(inputs, config.widths, strict=True))
        wide = config.widths[-1]
        self.whole = nn.Sequential(nn.Linear(wide, wide), nn.ReLU(inplace=True), nn.Linear(wide, wide))
        pairs = list(zip(config.widths[:0:-1], config.widths[-2::-1], strict=True))
        self.up = nn.ModuleList(_Up(low, skip) for low, skip in pairs)
        self.pick = nn.Conv2d(config.widths[0], config.palette, 1)
        self.answer = nn.Conv2d(config.widths[0], 4 * (config.palette + 5), 3, padding=1)

    def forward(self, photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]) -> Behind:
        """What is behind; photos are sRGB 0..1, whatever their background."""
        shown = photo * mask + NEUTRAL * (1.0 - mask)
        values = torch.cat([shown * 2.0 - 1.0, mask * 2.0 - 1.0], dim=1)
        skips: list[Tensor] = []
        for level in self.down:
            values = level(values)
            skips.append(values)
        values = values + self.whole(values.mean(dim=(2, 3)))[:, :, None, None]
        for level, skip in zip(self.up, skips[-2::-1], strict=True):
            values = level(values, skip)
        palette = self._palette(self.pick(values), shown, mask)
        count = self.config.palette
        answer = nn.functional.pixel_shuffle(self.answer(values), 2)
        mixture = torch.einsum("bkhw,bck->bchw", answer[:, :count].softmax(dim=1), palette)
        painted = mixture + self.config.own_colour * answer[:, count : count + 3].tanh()
        gate, error = answer[:, count + 3 : count + 4].sigmoid(), answer[:, count + 4 :]
        return Behind(painted.clamp(0.0, 1.0), gate, LEAST_ERROR + nn.functional.softplus(error - 3.0))

    def _palette(
        self, scores: Float[Tensor, "B K h w"], shown: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]
    ) -> Float[Tensor, "B 3 K"]:
        """Means of the photo's colours over the object, each with weights of its own."""
        colours, inside = (nn.functional.avg_pool2d(picture, 2) for picture in (shown, mask))
        weights = (scores - 20.0 * (1.0 - inside)).flatten(2).softmax(dim=2)
        return torch.einsum("bkn,bcn->bck", weights, colours.flatten(2))

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path = SHIPPED) -> "BackNetwork":
        """The shipped network, or one from a folder, ready for use."""
        folder = find_model(name_or_folder)
        config, tensors = read_model(folder, cls.__name__, BackConfig)
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


class _Down(nn.Module):
    """Half the size, then one residual layer."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.shrink, self.refine = _block(inputs, outputs, 2), _block(outputs, outputs)

    def forward(self, picture: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H2 W2"]:
        small = self.shrink(picture)
        return small + self.refine(small)


class _Up(nn.Module):
    """Twice the size, with what the same size held on the way down."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(inputs, outputs, 1)
        self.merge, self.refine = _block(2 * outputs, outputs), _block(outputs, outputs)

    def forward(self, low: Float[Tensor, "B C h w"], skip: Float[Tensor, "B D H W"]) -> Float[Tensor, "B D H W"]:
        large = nn.functional.interpolate(self.narrow(low), size=skip.shape[2:], mode="bilinear", align_corners=False)
        merged = self.merge(torch.cat([large, skip], dim=1))
        return merged + self.refine(merged)
