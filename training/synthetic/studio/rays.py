"""The lines of sight of a picture's pixels."""

import numpy as np
from jaxtyping import Float, Float32

from mirror_core.attributes.camera import HALF_VIEW

Plane = Float32[np.ndarray, "H W"]


def pixel_rays(axes: Float[np.ndarray, "3 3"], size: tuple[int, int]) -> tuple[Plane, Plane, Plane]:
    """x, y and z of each pixel's line of sight, 1 long along the optical axis.

    Args:
        axes: columns are the camera's right, up and backward axes, in the space the rays are wanted in.
        size: height and width of the picture.
    """
    height, width = size
    right = (2 * np.arange(width) + 1 - width) / height * HALF_VIEW
    up = (height - 2 * np.arange(height) - 1) / height * HALF_VIEW
    across, down = right * axes[:, :1], up * axes[:, 1:2] - axes[:, 2:]
    x, y, z = (across[k].astype(np.float32) + down[k].astype(np.float32)[:, None] for k in range(3))
    return x, y, z
