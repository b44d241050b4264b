"""The part of a generator's answer that is linear in the code (ours, named `modes`)."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.generators.blocks import pad_around
from mirror_core.generators.config import ConvMeshConfig
from mirror_core.generators.surface import make_surface_template
from mirror_core.mesh import SphereMap


@dataclass(frozen=True)
class Modes:
    """What `LinearModes` adds.

    Attributes:
        moved: by one unit of each number of the code, along the generator's axes, template units.
        texture: likewise, sRGB.
        mean_texture: of the code 0, sRGB less 1/2, which is what an untrained network makes.
    """

    moved: Float[Tensor, "Z V 3"]
    texture: Float[Tensor, "Z 3 t u"]
    mean_texture: Float[Tensor, "3 t u"]


class LinearModes(nn.Module):
    """Maps that grow with the code, added to what the network makes.

    They are found by least squares from objects of known codes and are not trained: by its own efforts a small network
    finds hardly a dozen of a set's principal components, and these are all of them. They are zero until `set`.
    Shapes are kept as vertices, a sixth of the numbers of a map.

    Args:
        config: of the generator; `modes` are the rows of the texture's linear part.
    """

    moved: Tensor
    deformation: Tensor
    texture: Tensor
    mean_texture: Tensor

    def __init__(self, config: ConvMeshConfig) -> None:
        super().__init__()
        self.config = config
        template = make_surface_template(config)
        self.places = SphereMap.of(template)
        columns = config.modes // 2 if config.symmetric else config.modes
        self.register_buffer("moved", torch.zeros(config.code, len(template.vertices), 3))
        self.register_buffer("texture", torch.zeros(config.code, 3, config.modes, columns))
        self.register_buffer("mean_texture", torch.zeros(3, config.modes, columns))
        self.register_buffer("deformation", self._written(), persistent=False)
        self.register_load_state_dict_post_hook(_write_again)

    def set(self, modes: Modes) -> None:
        """Take these."""
        self.moved.copy_(modes.moved)
        self.texture.copy_(modes.texture)
        self.mean_texture.copy_(modes.mean_texture)
        self.deformation.copy_(self._written())

    def forward(self, code: Float[Tensor, "B Z"]) -> tuple[Float[Tensor, "B 3 h w"], Float[Tensor, "B 3 T U"]]:
        """What is added to the deformation map and to the texture, or to their halves if they are symmetric."""
        texture = torch.tensordot(code, self.texture, 1) + self.mean_texture
        factor = self.config.texture // self.config.modes
        return torch.tensordot(code, self.deformation, 1), _enlarged(texture, factor, half=self.config.symmetric)

    def _written(self) -> Float[Tensor, "Z 3 h w"]:
        """The modes of the map; of a symmetric one its right half."""
        size = self.config.map
        whole = self.places.write(self.moved, (size, size))
        return whole[..., size // 2 :] if self.config.symmetric else whole


def _write_again(modes: LinearModes, _: Any) -> None:
    """After the modes were read from a file."""
    modes.deformation.copy_(modes._written())  # pyright: ignore[reportPrivateUsage]


def _enlarged(maps: Float[Tensor, "B C t u"], factor: int, *, half: bool) -> Float[Tensor, "B C T U"]:
    """So many times as many rows and columns, bilinearly, across the seam as well."""
    wide = nn.functional.interpolate(
        pad_around(maps, 1, half=half), scale_factor=factor, mode="bilinear", align_corners=False
    )
    return wide[..., factor:-factor]
