"""ConvMesh's generator (Pavllo et al. 2020), as MeshInversion uses it: from a latent code to a textured mesh."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from mirror_core.checks import check_range, check_shape
from mirror_core.errors import InputError
from mirror_core.generators.blocks import (
    ConditionalBlock,
    SphereConv,
    double,
    join_poles,
    mirror_half,
    rectify,
)
from mirror_core.generators.codes import draw_codes
from mirror_core.generators.config import BASE, ConvMeshConfig
from mirror_core.generators.kinds import CodeKinds
from mirror_core.generators.modes import LinearModes, Modes
from mirror_core.generators.surface import deform, make_surface_template
from mirror_core.weights import find_model
from mirror_core.weights.model_folder import fill, in_half, read_model, write_model

FARTHEST = 3.0
"""Standard deviations: what the network is told of a number beyond, when the modes go on growing with it."""


@dataclass(frozen=True)
class Generated:
    """A batch of textured meshes.

    Attributes:
        deformation: map of what is added to the template, template units, with the generator's `mean_map`.
        texture: sRGB 0..1; row 0 is the top.
        vertices: model space, template units.
    """

    deformation: Float[Tensor, "B 3 h w"]
    texture: Float[Tensor, "B 3 T T"]
    vertices: Float[Tensor, "B V 3"]


class ConvMeshGenerator(nn.Module):
    """From a code (and a label) to a deformation map and a texture, and to vertices.

    `mean_map` is ours: a map that is always added, zero unless a training sets it, so that the network need only say
    how an object differs from the mean one.

    Args:
        config: every number; `make_generator_config` has the presets.
    """

    mean_map: Tensor

    def __init__(self, config: ConvMeshConfig) -> None:
        super().__init__()
        self.config = config
        self.template = make_surface_template(config)
        self.register_buffer("mean_map", torch.zeros(3, config.map, config.map))
        half, condition = config.symmetric, config.code + (config.embedding if config.classes else 0)
        self.embed = nn.Embedding(config.classes, config.embedding) if config.classes else None
        self.columns = BASE // 2 if half else BASE
        first, *rest = config.trunk
        self.begin = nn.Linear(condition, first * BASE * self.columns)
        self.trunk = _blocks((first, *rest), condition, half)
        self.mesh_block = ConditionalBlock(config.trunk[-1], config.mesh_width, condition, half)
        self.mesh_map = SphereConv(config.mesh_width, 3, 5, half, spectral=False, bias=True)
        self.texture_blocks = _blocks((config.trunk[-1], *config.texture_widths), condition, half)
        widest = (config.trunk[-1], *config.texture_widths)[-1]
        self.texture_block = ConditionalBlock(widest, config.texture_last, condition, half)
        self.texture_map = SphereConv(config.texture_last, 3, 5, half, spectral=False, bias=True)
        self.modes = LinearModes(config) if config.modes else None
        self.kinds = CodeKinds(config.kinds, config.code) if config.kinds else None
        self.start_at_template()
        self.to(memory_format=torch.channels_last)  # convolutions take half the time on CPUs

    def start_at_template(self) -> None:
        """Give no deformation at all, whatever the code: where training begins (ConvMesh)."""
        for parameter in self.mesh_map.parameters():
            nn.init.zeros_(parameter)

    def start_at_modes(self, modes: Modes) -> None:
        """Give what these say and nothing else: where training begins when there are modes."""
        if self.modes is None:
            raise InputError("This generator has no modes.", "Say in its config how many texels a side they have.")
        self.modes.set(modes)
        for parameter in self.texture_map.parameters():
            nn.init.zeros_(parameter)

    def forward(self, code: Float[Tensor, "B Z"], label: Int[Tensor, " B"] | None = None) -> Generated:
        """Generate one textured mesh for each code.

        Args:
            code: e.g. from `draw`.
            label: 0 to `config.classes` - 1; none if there are no classes.

        Raises:
            InputError: a code of another length, an unknown label, one where there are none or none where there are.
        """
        condition = self._condition(code, label)
        features = self.begin(condition).view(len(code), -1, BASE, self.columns)
        features = features.contiguous(memory_format=torch.channels_last)
        for block in self.trunk:
            features = double(block(features, condition))
        deformation = self.mesh_map(rectify(self.mesh_block(features, condition)))
        for block in self.texture_blocks:
            features = double(block(features, condition))
        texture = torch.tanh(self.texture_map(rectify(self.texture_block(features, condition)))) * 0.5 + 0.5
        if self.modes is not None:
            moved, painted = self.modes(code)
            deformation, texture = deformation + moved, (texture + painted).clamp(0.0, 1.0)
        if self.config.symmetric:
            deformation, texture = mirror_half(deformation), mirror_half(texture)
        deformation = join_poles(deformation) + self.mean_map
        return Generated(deformation, texture, self.shape(deformation))

    def draw(
        self, count: int, generator: torch.Generator, truncation: int | float | None = None
    ) -> Float[Tensor, "{count} Z"]:
        """Codes by chance: of the standard normal distribution (`draw_codes`) or of the kinds (`CodeKinds`).

        Args:
            count: how many.
            generator: where the randomness comes from, on the CPU.
            truncation: each number stays within so many standard deviations; none: no limit.
        """
        if self.kinds is None:
            return draw_codes(count, self.config.code, generator, truncation)
        return self.kinds.draw(count, generator, truncation)

    def shape(self, deformation: Float[Tensor, "B 3 h w"], vertex_count: int | None = None) -> Float[Tensor, "B V 3"]:
        """Vertices of the surface that a deformation map (with `mean_map`) makes of the template.

        Args:
            deformation: e.g. of `Generated`.
            vertex_count: the vertices of this level of the project's template, on the same surface; none: the
                generator's own.
        """
        return deform(deformation, self.config, vertex_count)

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path) -> "ConvMeshGenerator":
        """A trained generator, known by name or in a folder, ready for use (in evaluation mode)."""
        folder = find_model(name_or_folder)
        config, tensors = read_model(folder, cls.__name__, ConvMeshConfig)
        network = cls(config)
        fill(network, tensors, folder)
        return network.eval()

    def save_pretrained(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write config.json and model.safetensors, in half precision."""
        write_model(folder, type(self).__name__, self.config, in_half(self.state_dict()), overwrite=overwrite)

    def _condition(self, code: Tensor, label: Tensor | None) -> Float[Tensor, "B D"]:
        check_shape("code", code, ("B", self.config.code))
        if self.modes is not None:
            # The codes of data are not bounded as random ones are, and a network goes astray where it never was.
            code = FARTHEST * torch.tanh(code / FARTHEST)
        if self.embed is None:
            if label is not None:
                raise InputError("This generator has no classes, but a label was given.", "Leave the label out.")
            return code
        if label is None:
            raise InputError(f"This generator needs a label of {self.config.classes} classes, but none was given.")
        check_shape("label", label, (len(code),))
        check_range("label", int(label.min()), 0, self.config.classes - 1)
        check_range("label", int(label.max()), 0, self.config.classes - 1)
        return torch.cat([code, self.embed(label)], dim=1)


def _blocks(widths: tuple[int, ...], condition: int, half: bool) -> nn.ModuleList:
    return nn.ModuleList(ConditionalBlock(a, b, condition, half) for a, b in pairwise(widths))
