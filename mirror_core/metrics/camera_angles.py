"""By how much a camera is wrong."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera


@dataclass(frozen=True)
class CameraAngles:
    """Degrees between cameras; lower is better.

    Attributes:
        direction: between the directions from the model's origin to the eyes, 0..180.
        rotation: of the turn that carries one camera's axes into the other's, 0..180; from above or below larger
            than `direction`, because the picture turns as well.
        azimuth: 0..180, the shorter way round.
        elevation: 0..180.
    """

    direction: Float[Tensor, " B"]
    rotation: Float[Tensor, " B"]
    azimuth: Float[Tensor, " B"]
    elevation: Float[Tensor, " B"]


def camera_angles(found: Camera, truth: Camera) -> CameraAngles:
    """Compare azimuth and elevation; distance and offset, which the crop of a photo changes, do not count."""
    ours, theirs = viewing_rotation(found), viewing_rotation(truth)
    turn = ours @ theirs.transpose(1, 2)
    cosine = (turn.diagonal(dim1=1, dim2=2).sum(dim=1) - 1.0) / 2.0
    around = (found.azimuth.double() - truth.azimuth.double()) % 360.0
    return CameraAngles(
        direction=_degrees(turn[:, 2, 2]),
        rotation=_degrees(cosine),
        azimuth=torch.minimum(around, 360.0 - around),
        elevation=(found.elevation.double() - truth.elevation.double()).abs(),
    )


def viewing_rotation(camera: Camera) -> Float[Tensor, "B 3 3"]:
    """From model axes to those of a camera that looks at the origin, float64: rows are right, up and towards the eye.

    The offset pans the camera without moving the eye, so it does not change which side of the object is seen.
    """
    centred = Camera(
        camera.azimuth.double(),
        camera.elevation.double(),
        torch.ones_like(camera.distance, dtype=torch.float64),
        torch.zeros_like(camera.offset, dtype=torch.float64),
    )
    return centred.rotation()


def _degrees(cosine: Float[Tensor, " B"]) -> Float[Tensor, " B"]:
    return torch.rad2deg(torch.acos(cosine.clamp(-1.0, 1.0)))
