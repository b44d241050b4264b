"""The part of a generator's maps that is linear in the code (ours, named `modes`)."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.generators.blocks import pad_around


@dataclass(frozen=True)
class Modes:
    """What `LinearModes` adds.

    Attributes:
        deformation: by one unit of each number of the code, template units.
        texture: likewise, sRGB.
        mean_texture: of the code 0, sRGB less 1/2, which is what an untrained network makes.
    """

    deformation: Float[Tensor, "Z 3 h w"]
    texture: Float[Tensor, "Z 3 t u"]
    mean_texture: Float[Tensor, "3 t u"]


class LinearModes(nn.Module):
    """Maps that grow with the code, added to what the network makes.

    They are found by least squares from objects of known codes and are not trained: by its own efforts a small network
    finds hardly a dozen of a set's principal components, and these are all of them. They are zero until `set`.

    Args:
        code: length of the code.
        deformation: rows and columns of the deformation map, or of its half if it is symmetric.
        texture: rows and columns of the texture's linear part, likewise; it is enlarged to the texture's size.
    """

    deformation: Tensor
    texture: Tensor
    mean_texture: Tensor

    def __init__(self, code: int, deformation: tuple[int, int], texture: tuple[int, int], *, half: bool) -> None:
        super().__init__()
        self.mirrored = half
        self.register_buffer("deformation", torch.zeros(code, 3, *deformation))
        self.register_buffer("texture", torch.zeros(code, 3, *texture))
        self.register_buffer("mean_texture", torch.zeros(3, *texture))

    def set(self, modes: Modes) -> None:
        """Take these."""
        self.deformation.copy_(modes.deformation)
        self.texture.copy_(modes.texture)
        self.mean_texture.copy_(modes.mean_texture)

    def forward(
        self, code: Float[Tensor, "B Z"], rows: int
    ) -> tuple[Float[Tensor, "B 3 h w"], Float[Tensor, "B 3 T U"]]:
        """What is added to the deformation map, and to the texture.

        Args:
            code: as the network's.
            rows: of the texture.
        """
        deformation = torch.tensordot(code, self.deformation, 1)
        texture = torch.tensordot(code, self.texture, 1) + self.mean_texture
        return deformation, _enlarged(texture, rows // texture.shape[2], half=self.mirrored)


def _enlarged(maps: Float[Tensor, "B C t u"], factor: int, *, half: bool) -> Float[Tensor, "B C T U"]:
    """So many times as many rows and columns, bilinearly, across the seam as well."""
    wide = nn.functional.interpolate(
        pad_around(maps, 1, half=half), scale_factor=factor, mode="bilinear", align_corners=False
    )
    return wide[..., factor:-factor]
