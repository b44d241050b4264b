"""Features of pictures, place by place, for the loss that compares them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.features import GarmentNetwork, VggFeatures
from mirror_core.features.vgg import MEAN
from mirror_core.inversion.settings import InversionSettings
from mirror_core.losses import ColouredPoints
from mirror_core.rendering.projection import pixel_centres

WHITE = (1.0, 1.0, 1.0)
INSIDE = 0.5
"""Share of a cell that must be foreground, as released."""


@dataclass(frozen=True)
class FeatureMap:
    """A frozen network that sees cells of a picture.

    Attributes:
        name: garment (the project's own network) or vgg (VGG-19, relu3_1).
        network: from pictures to maps.
        behind: colour behind the object; VGG-19's is ImageNet's mean, which becomes 0, as released.
    """

    name: str
    network: torch.nn.Module
    behind: tuple[float, float, float]

    def __call__(self, picture: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B D h w"]:
        """Unit vectors; the picture is cut out by its mask."""
        ground = picture.new_tensor(self.behind)[:, None, None]
        cut = picture * mask + ground * (1.0 - mask)
        found = self.network.feature_map(cut) if isinstance(self.network, GarmentNetwork) else self.network(cut)
        return torch.nn.functional.normalize(found, dim=1)


def cells(features: Float[Tensor, "D h w"], mask: Float[Tensor, "1 H W"]) -> ColouredPoints:
    """The foreground's cells of a feature map as points."""
    height, width = features.shape[1:]
    inside = torch.nn.functional.adaptive_avg_pool2d(mask, (height, width))[0] >= INSIDE
    row, column = torch.nonzero(inside, as_tuple=True)
    places = torch.stack([pixel_centres(width).to(features)[column], -pixel_centres(height).to(features)[row]], dim=1)
    return ColouredPoints(places, features[:, row, column].T)


def feature_map(settings: InversionSettings) -> FeatureMap | None:
    """The network that the settings name; none where they want none."""
    name = settings.feature_network()
    return None if name == "none" else _load(name, settings.vgg)


@lru_cache(maxsize=2)
def _load(name: str, vgg: str) -> FeatureMap:
    if name == "vgg":
        return FeatureMap(name, VggFeatures(Path(vgg)), MEAN)
    return FeatureMap(name, GarmentNetwork.from_pretrained().requires_grad_(False), WHITE)
