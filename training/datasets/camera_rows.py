"""Cameras as rows of numbers, as prepared data keep them: five of a perspective camera, seven of CMR's."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.errors import InputError

AnyCamera = Camera | WeakPerspective
Floats = npt.NDArray[np.float32]

PERSPECTIVE, WEAK = 5, 7
"""Numbers of a camera: azimuth, elevation, distance, offset x and y; or scale, shift x and y, quaternion."""


def camera_rows(camera: AnyCamera) -> Floats:
    """(B, 5) or (B, 7), float32."""
    if isinstance(camera, WeakPerspective):
        parts = [camera.scale[:, None], camera.translation, camera.rotation]
    else:
        parts = [camera.azimuth[:, None], camera.elevation[:, None], camera.distance[:, None], camera.offset]
    return np.asarray(torch.cat(parts, dim=1).float().numpy(), np.float32)


def camera_of(rows: Float[Tensor, "B K"]) -> AnyCamera:
    """The cameras that such rows mean; how many numbers they have says which kind it is."""
    if rows.shape[1] == WEAK:
        return WeakPerspective(rows[:, 0], rows[:, 1:3], rows[:, 3:])
    return Camera(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:])


def joined_rows(parts: Sequence[Floats]) -> Floats:
    """All rows of several collections.

    Raises:
        InputError: some are of cameras with perspective, some without.
    """
    kinds = sorted({part.shape[1] for part in parts})
    if len(kinds) > 1:
        raise InputError(
            f"Some cameras have {kinds[0]} numbers, some {kinds[1]}: with and without perspective cannot be mixed.",
            "Learn from CMR's cameras alone, or leave them out.",
        )
    return np.concatenate(parts)
