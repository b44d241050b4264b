"""What a trainer is fed."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.attributes import Camera


@dataclass(frozen=True)
class TruthBatch:
    """What is known about some of a batch's photos.

    Attributes:
        rows: which photos of the batch these are.
        camera: of each.
        vertices: in the template's order, their mean at the origin.
        texture: in the template's UV, sRGB without light.
        visible: 1 where the photo shows the texel.
        light: nine spherical harmonics in kaolin's order.
    """

    rows: Int[Tensor, " N"]
    camera: Camera
    vertices: Float[Tensor, "N V 3"]
    texture: Float[Tensor, "N 3 Ht Wt"]
    visible: Float[Tensor, "N 1 Ht Wt"]
    light: Float[Tensor, "N 9"]

    def to(self, device: torch.device) -> "TruthBatch":
        """The same on another device."""
        vertices = self.vertices.to(device)
        return TruthBatch(
            self.rows.to(device),
            self.camera.to(vertices),
            vertices,
            self.texture.to(device),
            self.visible.to(device),
            self.light.to(device),
        )


@dataclass(frozen=True)
class PhotoBatch:
    """Photos with their masks.

    Attributes:
        photo: sRGB 0..1, background kept.
        mask: 0 or 1.
        index: number of each photo in its source.
        truth: about those that are synthetic; none: about none.
    """

    photo: Float[Tensor, "B 3 H W"]
    mask: Float[Tensor, "B 1 H W"]
    index: Int[Tensor, " B"]
    truth: TruthBatch | None = None

    def to(self, device: torch.device) -> "PhotoBatch":
        """The same on another device."""
        truth = None if self.truth is None else self.truth.to(device)
        return PhotoBatch(self.photo.to(device), self.mask.to(device), self.index, truth)


@runtime_checkable
class PhotoSource(Protocol):
    """Photos by number. There is no loader: a source keeps them all at hand and makes a batch in milliseconds."""

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of every photo."""
        ...

    def __len__(self) -> int: ...

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PhotoBatch:
        """Some photos, as they are or, with a generator, augmented.

        Args:
            index: numbers of the photos.
            generator: random numbers are drawn for all of `index`,
            rows: then only these photos are made, so that two processes see together what one would see.
        """
        ...
