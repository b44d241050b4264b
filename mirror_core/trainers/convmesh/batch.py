"""What ConvMesh learns from: maps of shape and texture, and photos of the same objects."""

import dataclasses
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.trainers.photos import PhotoBatch


@dataclass(frozen=True)
class UvTruth:
    """Shapes and textures of a batch, true or pseudo.

    Attributes:
        deformation: maps along the generator's axes, template units; the mean map is in them.
        texture: sRGB 0..1.
        visible: 1 where the texel is known.
        vertices: on the project's template of 642, model space, template units.
        camera: that the photo was seen by, with perspective or without.
        code: where the object lies; none: no such places.
        label: of its class; none: no classes.
    """

    deformation: Float[Tensor, "B 3 h w"]
    texture: Float[Tensor, "B 3 T T"]
    visible: Float[Tensor, "B 1 T T"]
    vertices: Float[Tensor, "B V 3"]
    camera: Camera | WeakPerspective
    code: Float[Tensor, "B Z"] | None = None
    label: Int[Tensor, " B"] | None = None

    def to(self, device: torch.device) -> "UvTruth":
        """The same on another device."""
        moved = {
            field.name: getattr(self, field.name).to(device)
            for field in dataclasses.fields(self)
            if field.name != "camera" and getattr(self, field.name) is not None
        }
        return dataclasses.replace(self, **moved, camera=self.camera.to(moved["vertices"]))


@dataclass(frozen=True)
class UvBatch(PhotoBatch):
    """Photos with the maps of what is in them; a photo is never mirrored, its maps may be (ConvMesh).

    Attributes:
        maps: always there.
    """

    maps: UvTruth | None = None

    def to(self, device: torch.device) -> "UvBatch":
        """The same on another device."""
        photo, mask = self.photo.to(device), self.mask.to(device)
        return UvBatch(photo, mask, self.index, maps=self.known().to(device))

    def known(self) -> UvTruth:
        """The maps."""
        assert self.maps is not None
        return self.maps


def mirror_maps(maps: Float[Tensor, "B 3 h w"], axes: str) -> Float[Tensor, "B 3 h w"]:
    """Deformation maps of the objects that a mirror left to right shows.

    Args:
        maps: along "model" axes (x changes its sign) or "tangent" ones (the tangent, which is second, does).
        axes: of the generator; "symmetric" if it is that: then no sign changes, since only right vertices read maps.
    """
    signs = {"model": (-1.0, 1.0, 1.0), "tangent": (1.0, -1.0, 1.0), "symmetric": (1.0, 1.0, 1.0)}[axes]
    return maps.flip(3) * maps.new_tensor(signs)[:, None, None]
