"""The weak-perspective camera of CMR, ConvMesh and MeshInversion: scale, shift, and a rotation as a quaternion."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from mirror_core.attributes.camera import HALF_VIEW, Camera
from mirror_core.checks import check_shape


@dataclass(frozen=True)
class WeakPerspective:
    """A batch of cameras without perspective: a point p is seen at NDC scale * (R p) + translation (MeshInversion, 3).

    Attributes:
        scale: NDC units for a template unit.
        translation: NDC, x right, y up.
        rotation: quaternions (w, x, y, z), model space to camera space (x right, y up, z towards the eye). They are
            normalised where they are used, so that they may be optimised as they are.
    """

    scale: Float[Tensor, " B"]
    translation: Float[Tensor, "B 2"]
    rotation: Float[Tensor, "B 4"]

    def __post_init__(self) -> None:
        batch = self.scale.shape[0] if self.scale.ndim else "B"
        check_shape("camera scale", self.scale, (batch,))
        check_shape("camera translation", self.translation, (batch, 2))
        check_shape("camera rotation", self.rotation, (batch, 4))

    @classmethod
    def from_cmr(
        cls, scale: Float[Tensor, " B"], translation: Float[Tensor, "B 2"], rotation: Float[Tensor, "B 4"]
    ) -> "WeakPerspective":
        """Cameras as CMR and ConvMesh keep them, whose axes y and z are the other way round.

        There v' = (qrot(q, s v) + (t, 0)) * (1, -1, -1): half a turn about x, which goes into quaternion and shift.
        """
        w, x, y, z = rotation.unbind(dim=1)
        return cls(scale, translation * translation.new_tensor([1.0, -1.0]), torch.stack([-x, w, -z, y], dim=1))

    @classmethod
    def near(cls, camera: Camera) -> "WeakPerspective":
        """The one that sees the origin and what is about it as `camera` does, but for perspective."""
        away = -camera.rotation() @ camera.eye()[:, :, None]
        depth = -away[:, 2, 0]
        return cls(
            1.0 / (depth * HALF_VIEW), away[:, :2, 0] / (depth * HALF_VIEW)[:, None], quaternion(camera.rotation())
        )

    @property
    def count(self) -> int:
        """How many cameras."""
        return len(self.scale)

    def to(self, reference: Tensor) -> "WeakPerspective":
        """The same cameras with `reference`'s dtype and device."""
        return self._map(lambda values: values.to(reference))

    def detach(self) -> "WeakPerspective":
        """The same cameras without their history."""
        return self._map(Tensor.detach)

    def select(self, index: Int[Tensor, " N"] | Bool[Tensor, " B"]) -> "WeakPerspective":
        """Some of the cameras, or the same in another order."""
        return self._map(lambda values: values[index])

    def _map(self, change: Callable[[Tensor], Tensor]) -> "WeakPerspective":
        return WeakPerspective(*(change(getattr(self, field.name)) for field in dataclasses.fields(self)))

    def matrix(self) -> Float[Tensor, "B 3 3"]:
        """Rows are the camera's right, up and backward axes in model space."""
        w, x, y, z = torch.nn.functional.normalize(self.rotation, dim=1).unbind(dim=1)
        rows = (
            (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
        )
        return torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)

    def nearest(self) -> Camera:
        """The perspective camera that sees most nearly the same: no roll, the same size at the origin."""
        backward = self.matrix()[:, 2]
        azimuth = torch.rad2deg(torch.atan2(backward[:, 0], backward[:, 2]))
        elevation = torch.rad2deg(torch.asin(backward[:, 1].clamp(-1.0, 1.0)))
        distance = 1.0 / (HALF_VIEW * self.scale)
        level = Camera(azimuth, elevation, distance, torch.zeros_like(self.translation))
        # The offset moves what is seen the other way; it lies in the plane z = 0, of which the camera sees the share
        # along its own axes.
        seen = level.rotation()[:, :2, :2]
        return Camera(azimuth, elevation, distance, _solved(seen, -self.translation / self.scale[:, None]))


def quaternion(rotation: Float[Tensor, "B 3 3"]) -> Float[Tensor, "B 4"]:
    """Unit quaternions (w, x, y, z), w >= 0, of rotation matrices."""
    m = rotation
    trace = m.diagonal(dim1=1, dim2=2).sum(dim=1)
    squares = torch.stack([trace, *(2 * m[:, k, k] - trace for k in range(3))], dim=1) + 1.0
    cross = torch.stack([m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]], dim=1)
    sums = m + m.transpose(1, 2)
    # Four times the outer product of the quaternion with itself: its longest row is the best conditioned.
    outer = torch.zeros(len(m), 4, 4, dtype=m.dtype, device=m.device)
    outer[:, 0, 1:], outer[:, 1:, 0], outer[:, 1:, 1:] = cross, cross, sums
    outer.diagonal(dim1=1, dim2=2).copy_(squares)
    row = outer[torch.arange(len(m)), squares.argmax(dim=1)]
    found = torch.nn.functional.normalize(row, dim=1)
    return torch.where(found[:, :1] < 0, -found, found)


def _solved(matrix: Float[Tensor, "B 2 2"], right: Float[Tensor, "B 2"]) -> Float[Tensor, "B 2"]:
    """Least squares with a little damping, since from the side the plane is seen edge on."""
    turned = matrix.transpose(1, 2)
    normal = turned @ matrix + 1e-6 * torch.eye(2).to(matrix)
    return torch.linalg.solve(normal, (turned @ right[:, :, None])[:, :, 0])
