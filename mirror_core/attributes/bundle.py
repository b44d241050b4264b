"""The four causes of a photo, together: camera, shape, texture, light (3D Magic Mirror, figure 3)."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jaxtyping import Bool, Float, Int
from torch import Tensor

from mirror_core.attributes.camera import Camera


@dataclass(frozen=True)
class Attributes:
    """What a batch of photos is explained by.

    Attributes:
        camera: degrees and template units.
        vertices: prototype plus offsets, model space, template units.
        offsets: of the vertices from the prototype.
        texture: sRGB 0..1, row 0 is the top, laid out by the template's UV map.
        light: nine spherical harmonics in kaolin's order.
        background: sRGB 0..1 behind the object, where the model has a background network.
    """

    camera: Camera
    vertices: Float[Tensor, "B V 3"]
    offsets: Float[Tensor, "B V 3"]
    texture: Float[Tensor, "B 3 Ht Wt"]
    light: Float[Tensor, "B 9"]
    background: Float[Tensor, "B 3 H W"] | None = None

    def detach(self) -> "Attributes":
        """The same values without their history."""
        return self._map(lambda values: values.detach())

    def float(self) -> "Attributes":
        """In single precision, which the renderer needs, whatever the encoders computed in."""
        return self._map(
            lambda values: values.to(self.vertices.float()) if isinstance(values, Camera) else values.float()
        )

    def select(self, index: Int[Tensor, " N"] | Bool[Tensor, " B"]) -> "Attributes":
        """Those of some of the photos, or the same in another order."""
        return self._map(lambda values: values.select(index) if isinstance(values, Camera) else values[index])

    def _map(self, change: Callable[[Any], Any]) -> "Attributes":
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        changed: dict[str, Any] = {name: None if value is None else change(value) for name, value in values.items()}
        return Attributes(**changed)
