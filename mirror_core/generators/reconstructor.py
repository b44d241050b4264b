"""ConvMesh's reconstruction network: from a masked photo to a shape and a coarse texture.

It is trained to overfit a data set; its shapes become the pseudo ground truth that the generator learns from.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.checks import check_choice, check_shape
from mirror_core.errors import InputError
from mirror_core.generators.blocks import SphereConv, double, join_poles, mirror_half, rectify
from mirror_core.generators.config import AXES, TEMPLATES
from mirror_core.generators.convmesh import Generated
from mirror_core.generators.surface import deform, make_surface_template
from mirror_core.weights import find_model
from mirror_core.weights.model_folder import fill, in_half, read_model, write_model

ROWS = 4
"""Of the features that the decoder begins with."""
SEEN = 4
"""Channels of a photo with its mask."""


@dataclass(frozen=True)
class ReconstructorConfig:
    """A reconstruction network; the defaults are the published 15.11 M parameters."""

    template: str = "two-pole-16"
    """As `ConvMeshConfig.template`; so are the next three."""
    symmetric: bool = True
    axes: str = "tangent"
    half_axes: tuple[float, float, float] = (1.0, 1.0, 1.0)
    image: int = 256
    """Rows and columns of photos."""
    encoder: tuple[int, ...] = (64, 128, 256, 512, 64)
    """Channels of the convolutions, each of which halves the photo; the first is 5x5, the others 3x3."""
    hidden: tuple[int, ...] = (256, 1024)
    """Widths of the layers between photo and maps."""
    begin: int = 256
    """Channels of the first map, 4 rows high."""
    trunk: tuple[int, ...] = (512, 256, 256)
    """Channels after each block that both maps share; a doubling follows each."""
    mesh_width: int = 64
    texture_widths: tuple[int, ...] = (256, 128)
    """Channels after the blocks from the map's size on, a doubling after each."""
    texture_last: int = 64

    def __post_init__(self) -> None:
        check_choice("template", self.template, TEMPLATES)
        check_choice("axes", self.axes, AXES)
        if self.image % 2 ** len(self.encoder):
            raise InputError(f"image must be a multiple of {2 ** len(self.encoder)}, but is {self.image}.")


RECONSTRUCTOR_LITE = ReconstructorConfig(
    template="642",
    symmetric=False,
    axes="model",
    half_axes=(0.45, 0.9, 0.225),
    image=128,
    encoder=(24, 48, 64, 96, 48),
    hidden=(128, 256),
    begin=96,
    trunk=(96, 64, 48),
    mesh_width=32,
    texture_widths=(32, 24),
    texture_last=16,
)
"""Ours, for CPUs."""


class ConvMeshReconstructor(nn.Module):
    """From photos to textured meshes, seen from wherever: the camera is not its task."""

    def __init__(self, config: ReconstructorConfig) -> None:
        super().__init__()
        self.config = config
        self.template = make_surface_template(config)
        half = config.symmetric
        self.columns = ROWS // 2 if half else ROWS
        pairs = pairwise((SEEN, *config.encoder))
        self.encoder = nn.Sequential(*(_halving(a, b, 3 if number else 5) for number, (a, b) in enumerate(pairs)))
        features = config.encoder[-1] * (config.image >> len(config.encoder)) ** 2
        widths = (features, *config.hidden)
        self.hidden = nn.Sequential(*(_dense(a, b) for a, b in pairwise(widths)))
        self.begin = nn.Linear(widths[-1], config.begin * ROWS * self.columns)
        self.trunk = nn.ModuleList(PlainBlock(a, b, half) for a, b in pairwise((config.begin, *config.trunk)))
        shared = config.trunk[-1]
        self.mesh_block = PlainBlock(shared, config.mesh_width, half)
        self.mesh_map = SphereConv(config.mesh_width, 3, 5, half, spectral=False, bias=True)
        widths = (shared, *config.texture_widths)
        self.texture_blocks = nn.ModuleList(PlainBlock(a, b, half) for a, b in pairwise(widths))
        self.texture_block = PlainBlock(widths[-1], config.texture_last, half)
        self.texture_map = SphereConv(config.texture_last, 3, 5, half, spectral=False, bias=True)
        for parameter in self.mesh_map.parameters():
            nn.init.zeros_(parameter)

    def forward(self, photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]) -> Generated:
        """Reconstruct.

        Args:
            photo: sRGB 0..1, as large as `config.image`; what is outside the mask is not looked at.
            mask: 1 on the object.
        """
        size = self.config.image
        check_shape("photo", photo, ("B", 3, size, size))
        check_shape("mask", mask, (len(photo), 1, size, size))
        seen = self.encoder(torch.cat([(2.0 * photo - 1.0) * mask, mask], dim=1))
        features = self.begin(self.hidden(seen.flatten(1))).view(len(photo), -1, ROWS, self.columns)
        for block in self.trunk:
            features = double(block(features))
        deformation = self.mesh_map(rectify(self.mesh_block(features)))
        for block in self.texture_blocks:
            features = double(block(features))
        texture = torch.tanh(self.texture_map(rectify(self.texture_block(features)))) * 0.5 + 0.5
        if self.config.symmetric:
            deformation, texture = mirror_half(deformation), mirror_half(texture)
        deformation = join_poles(deformation)
        return Generated(deformation, texture, deform(deformation, self.config))

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path) -> "ConvMeshReconstructor":
        """A trained network, known by name or in a folder, in evaluation mode."""
        folder = find_model(name_or_folder)
        config, tensors = read_model(folder, cls.__name__, ReconstructorConfig)
        network = cls(config)
        fill(network, tensors, folder)
        return network.eval()

    def save_pretrained(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write config.json and model.safetensors, in half precision."""
        write_model(folder, type(self).__name__, self.config, in_half(self.state_dict()), overwrite=overwrite)


class PlainBlock(nn.Module):
    """The generator's residual block without a condition; the first convolution keeps the channels."""

    def __init__(self, inputs: int, outputs: int, half: bool) -> None:
        super().__init__()
        self.first = SphereConv(inputs, inputs, 3, half, spectral=False)
        self.first_norm = nn.BatchNorm2d(inputs)
        self.second = SphereConv(inputs, outputs, 3, half, spectral=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.shortcut = SphereConv(inputs, outputs, 1, half, spectral=False) if inputs != outputs else nn.Identity()

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        branch = rectify(self.first_norm(self.first(features)))
        return rectify(self.second_norm(self.second(branch))) + self.shortcut(features)


def _halving(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, kernel, 2, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def _dense(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.ReLU(inplace=True))
