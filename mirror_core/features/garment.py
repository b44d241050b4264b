"""The project's own feature network: it tells kinds of garments apart.

ImageNet's Inception may not be shipped and cannot be downloaded offline; this network stands in for it. Distances
measured with it are comparable to each other only, never to published FIDs.
"""

from dataclasses import dataclass
from pathlib import Path

from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.weights import find_model
from mirror_core.weights.model_folder import fill, in_half, read_model, write_model

SHIPPED = "garment-features"
"""Name of the shipped weights."""


@dataclass(frozen=True)
class GarmentConfig:
    """What the network tells apart, and its size."""

    labels: tuple[str, ...]
    widths: tuple[int, ...] = (24, 48, 96, 128)
    """Channels of the levels, each half as large as the one before."""
    features: int = 64
    """Numbers of the vector before the last layer."""


class GarmentNetwork(nn.Module):
    """A small residual classifier whose next to last layer describes a picture."""

    name = "garment"
    MAP_LEVEL = 2
    """Whose map `feature_map` gives."""

    def __init__(self, config: GarmentConfig) -> None:
        super().__init__()
        self.config = config
        inputs = (3, *config.widths[:-1])
        self.levels = nn.Sequential(*(_Level(a, b) for a, b in zip(inputs, config.widths, strict=True)))
        self.embed = nn.Sequential(nn.Linear(config.widths[-1], config.features), nn.ReLU())
        self.classify = nn.Linear(config.features, len(config.labels))

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B L"]:
        """A score for each label; pictures are sRGB 0..1, on white."""
        return self.classify(self.describe(picture))

    def describe(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B D"]:
        """The vector that stands for a picture."""
        return self.embed(self.levels(picture * 2.0 - 1.0).mean(dim=(2, 3)))

    def feature_map(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B D h w"]:
        """What the third level sees, at an eighth of the picture's size."""
        return self.levels[: self.MAP_LEVEL + 1](picture * 2.0 - 1.0)

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path = SHIPPED) -> "GarmentNetwork":
        """The shipped network, or one from a folder, ready for use."""
        folder = find_model(name_or_folder)
        config, tensors = read_model(folder, cls.__name__, GarmentConfig)
        network = cls(config)
        fill(network, tensors, folder)
        return network.eval()

    def save_pretrained(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write config.json and model.safetensors, in half precision."""
        write_model(folder, type(self).__name__, self.config, in_half(self.state_dict()), overwrite=overwrite)


class _Level(nn.Module):
    """Half the size, then one residual block."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.shrink = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
        )
        self.refine = nn.Sequential(
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, picture: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H2 W2"]:
        small = self.shrink(picture)
        return nn.functional.relu(small + self.refine(small))
