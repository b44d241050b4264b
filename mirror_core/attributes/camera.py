"""The camera of 3D Magic Mirror: on a sphere around the origin, looking at a shifted target."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from mirror_core.checks import check_shape
from mirror_core.errors import InputError

HALF_VIEW = 0.4
"""Tangent of half the vertical field of view, 2 atan(1 / 2.5) = 43.6 degrees."""


@dataclass(frozen=True)
class Camera:
    """A batch of cameras.

    Attributes:
        azimuth: degrees around y; 0 looks at the front (+z), 90 at the side (+x).
        elevation: degrees above the horizon.
        distance: template units from the origin to the eye.
        offset: the point (x, y, 0) looked at, in template units (a pan, not a translation).
    """

    azimuth: Float[Tensor, " B"]
    elevation: Float[Tensor, " B"]
    distance: Float[Tensor, " B"]
    offset: Float[Tensor, "B 2"]

    def __post_init__(self) -> None:
        batch = self.azimuth.shape[0] if self.azimuth.ndim else "B"
        for name in ("azimuth", "elevation", "distance"):
            check_shape(f"camera {name}", getattr(self, name), (batch,))
        check_shape("camera offset", self.offset, (batch, 2))

    @classmethod
    def single(
        cls,
        azimuth: float = 0.0,
        elevation: float = 0.0,
        distance: float = 2.5,
        offset: tuple[float, float] = (0.0, 0.0),
    ) -> "Camera":
        """One camera (B = 1) from plain numbers; the distance must be positive."""
        if not distance > 0:
            raise InputError(f"camera distance must be positive, but is {distance:g}.")
        a, e, d = torch.tensor([[azimuth], [elevation], [distance]], dtype=torch.float32)
        return cls(a, e, d, torch.tensor([offset], dtype=torch.float32))

    def to(self, reference: Tensor) -> "Camera":
        """The same cameras with `reference`'s dtype and device."""
        return self._map(lambda values: values.to(reference))

    def detach(self) -> "Camera":
        """The same cameras without their history."""
        return self._map(Tensor.detach)

    def select(self, index: Int[Tensor, " N"] | Bool[Tensor, " B"]) -> "Camera":
        """Some of the cameras, or the same in another order."""
        return self._map(lambda values: values[index])

    def _map(self, change: Callable[[Tensor], Tensor]) -> "Camera":
        return Camera(*(change(getattr(self, field.name)) for field in dataclasses.fields(self)))

    def eye(self) -> Float[Tensor, "B 3"]:
        """Position of the eye in model space."""
        a, e = torch.deg2rad(self.azimuth), torch.deg2rad(self.elevation)
        direction = torch.stack([torch.cos(e) * torch.sin(a), torch.sin(e), torch.cos(e) * torch.cos(a)], dim=-1)
        return self.distance[:, None] * direction

    def rotation(self) -> Float[Tensor, "B 3 3"]:
        """Rows are the camera's right, up and backward axes: p_camera = R (p - eye).

        Straight above or below (|elevation| = 90), where up = y is no guide, the limit of
        the azimuth's frame is taken, so the view never jumps.
        """
        target = torch.cat([self.offset, torch.zeros_like(self.offset[:, :1])], dim=-1)
        backward = torch.nn.functional.normalize(self.eye() - target, dim=-1)
        up = torch.zeros_like(backward)
        up[:, 1] = 1.0
        right = torch.linalg.cross(up, backward)
        a = torch.deg2rad(self.azimuth)
        level = torch.stack([torch.cos(a), torch.zeros_like(a), -torch.sin(a)], dim=-1)
        vertical = right.norm(dim=-1, keepdim=True) < 1e-6
        right = torch.nn.functional.normalize(torch.where(vertical, level, right), dim=-1)
        return torch.stack([right, torch.linalg.cross(backward, right), backward], dim=1)


def azimuth_from_vector(xy: Float[Tensor, "B 2"]) -> Float[Tensor, " B"]:
    """Degrees in (-180, 180] of the direction (x, y); continuous gradients everywhere but at the origin."""
    return torch.atan2(xy[:, 1], xy[:, 0]) * (180.0 / math.pi)
