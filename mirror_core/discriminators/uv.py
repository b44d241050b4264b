"""ConvMesh's discriminators on the sphere: they judge texture and deformation as maps of longitude and latitude."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from mirror_core.checks import check_shape
from mirror_core.errors import InputError
from mirror_core.generators.blocks import pad_around, rectify

Layers = tuple[tuple[int, int, int], ...]
"""(channels, kernel, stride) of each convolution; one more, 5x5 to a single channel, follows."""

Score = tuple[Float[Tensor, "B p q"], Float[Tensor, "B p q"]]
"""Of each patch how real it looks, and how much of it is visible, 0..1."""

PAINTED, MOVED, PLACED = 4, 3, 4
"""Channels of a masked texture, of a deformation map, and of `add_place`."""


@dataclass(frozen=True)
class UVDiscriminatorConfig:
    """All discriminators of one training; the defaults are ConvMesh's for CUB with textures of 512."""

    texture: int = 512
    """Rows and columns of textures."""
    map: int = 32
    """Rows and columns of deformation maps."""
    classes: int = 0
    """Labels that the discriminators are told; 0: none."""
    full: Layers = ((64, 4, 2), (128, 4, 2), (256, 4, 2), (512, 4, 2))
    """Of the one that judges the texture. ConvMesh takes (64, 5, 1) first below 512."""
    mesh: Layers = ((64, 5, 1), (128, 4, 2), (256, 4, 2))
    """Of the one that judges the deformation together with the texture at the map's size."""
    coarse: Layers = ((64, 5, 1), (128, 4, 2), (256, 4, 2), (512, 4, 2))
    """Of the one that judges the texture at a quarter of its size; empty: there is none (PASCAL3D+)."""

    def __post_init__(self) -> None:
        if self.texture % self.map or self.texture % 4:
            raise InputError(f"texture must be a multiple of map and of 4, but they are {self.texture} and {self.map}.")


UV_PAPER = UVDiscriminatorConfig()
"""As published: 2.88 M parameters for the texture with 200 classes, 0.73 M for the mesh."""

UV_LITE = UVDiscriminatorConfig(
    texture=128,
    map=64,
    full=((24, 4, 2), (48, 4, 2), (96, 4, 2)),
    mesh=((32, 4, 2), (48, 4, 2), (96, 4, 2)),
    coarse=(),
)
"""Ours, for CPUs: two discriminators, 0.21 M parameters."""


class SphereDiscriminator(nn.Module):
    """Rates each patch of one map; spectral normalisation everywhere, no other.

    Labels are told by projection (Miyato and Koyama 2018): the score of a patch grows by the product of its features
    and the label's embedding.
    """

    def __init__(self, inputs: int, layers: Layers, classes: int) -> None:
        super().__init__()
        channels, convolutions = inputs + PLACED, list[nn.Module]()
        for width, kernel, stride in layers:
            convolutions.append(_normalised(channels, width, kernel, stride))
            channels = width
        self.layers = nn.ModuleList(convolutions)
        self.reaches = [(kernel - 1) // 2 for _, kernel, _ in layers]
        self.last = _normalised(channels, 1, 5, 1)
        self.embed = spectral_norm(nn.Embedding(classes, channels)) if classes else None

    def forward(self, maps: Float[Tensor, "B C H W"], label: Int[Tensor, " B"] | None = None) -> Float[Tensor, "B p q"]:
        features = add_place(maps)
        for layer, reach in zip(self.layers, self.reaches, strict=True):
            features = rectify(layer(pad_around(features, reach, half=False)))
        scores = self.last(pad_around(features, 2, half=False))[:, 0]
        if self.embed is None:
            return scores
        if label is None:
            raise InputError("This discriminator needs a label, but none was given.")
        return scores + (features * self.embed(label)[:, :, None, None]).sum(dim=1)


class UVDiscriminator(nn.Module):
    """All of them: on the texture, on the deformation, and maybe on the coarse texture."""

    def __init__(self, config: UVDiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        self.full = SphereDiscriminator(PAINTED, config.full, config.classes)
        self.mesh = SphereDiscriminator(PAINTED + MOVED, config.mesh, config.classes)
        self.coarse = SphereDiscriminator(PAINTED, config.coarse, config.classes) if config.coarse else None

    def forward(
        self,
        texture: Float[Tensor, "B 4 T T"],
        deformation: Float[Tensor, "B 3 h w"],
        label: Int[Tensor, " B"] | None = None,
    ) -> list[Score]:
        """A score for each patch of each map.

        Args:
            texture: with its visibility as fourth channel, as `mask_texture` makes it. So is a generated texture, with
                the visibility of a real one, so that holes tell nothing.
            deformation: the whole map; it is not masked.
            label: of the objects; none without classes.
        """
        size, small = self.config.texture, self.config.map
        check_shape("texture", texture, ("B", PAINTED, size, size))
        check_shape("deformation", deformation, (len(texture), MOVED, small, small))
        fitting = nn.functional.avg_pool2d(texture, size // small)
        judged = [(self.full, texture, texture), (self.mesh, torch.cat([fitting, deformation], dim=1), fitting)]
        if self.coarse is not None:
            quarter = nn.functional.avg_pool2d(texture, 4)
            judged.append((self.coarse, quarter, quarter))
        return [_rate(network, maps, seen[:, 3:], label) for network, maps, seen in judged]


def mask_texture(texture: Float[Tensor, "B 3 T T"], visible: Float[Tensor, "B 1 T T"]) -> Float[Tensor, "B 4 T T"]:
    """What the discriminators are shown: colours from -1 to 1, 0 where nothing is visible, and the visibility.

    Args:
        texture: sRGB 0..1.
        visible: 1 where the photo shows the texel.
    """
    return torch.cat([(2.0 * texture - 1.0) * visible, visible], dim=1)


def add_place(maps: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
    """Four more channels: sine and cosine of each texel's longitude and latitude.

    ConvMesh gives them for x and y; that these are the angles on the sphere is ours.
    """
    batch, _, height, width = maps.shape
    longitude = ((torch.arange(width, device=maps.device, dtype=maps.dtype) + 0.5) / width - 0.5) * 2 * torch.pi
    latitude = (0.5 - (torch.arange(height, device=maps.device, dtype=maps.dtype) + 0.5) / height) * torch.pi
    rows = [angle.sin().expand(height, width) for angle in (longitude, longitude + torch.pi / 2)]
    columns = [angle.sin()[:, None].expand(height, width) for angle in (latitude, latitude + torch.pi / 2)]
    return torch.cat([maps, torch.stack([*rows, *columns]).expand(batch, -1, -1, -1)], dim=1)


def _normalised(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
    return spectral_norm(nn.Conv2d(inputs, outputs, kernel, stride, padding=((kernel - 1) // 2, 0)))


def _rate(network: SphereDiscriminator, maps: Tensor, visible: Tensor, label: Tensor | None) -> Score:
    scores = network(maps, label)
    return scores, nn.functional.adaptive_avg_pool2d(visible, scores.shape[1:])[:, 0]
