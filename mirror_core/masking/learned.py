"""Masks by the project's own network, the edge brought to full size by the photo's colours."""

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mirror_core.masking.working import FloatArray

if TYPE_CHECKING:
    from mirror_core.masking.network import MaskNetwork


@lru_cache(maxsize=1)
def shipped_network() -> "MaskNetwork":
    """The shipped network, read once."""
    from mirror_core.masking.network import MaskNetwork  # torch takes a second, and other methods need none

    return MaskNetwork.from_pretrained()


def probability(photo: FloatArray, network: "MaskNetwork") -> FloatArray:
    """How likely each pixel is foreground, at the network's own size: the mean for the photo and its mirror image.

    Args:
        photo: (H, W, 3), sRGB 0..1.
        network: in evaluation mode.

    Returns:
        (h, w), the long side about as long as the network knows it, the short one near the photo's aspect.
    """
    import torch

    from mirror_core.masking.network import STEP

    scale = network.config.long_side / max(photo.shape[:2])
    height, width = (max(2 * STEP, STEP * round(side * scale / STEP)) for side in photo.shape[:2])
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    small = torch.from_numpy(np.asarray(cv2.resize(photo, (width, height), interpolation=way), np.float32))
    both = torch.stack([small, small.flip(1)]).permute(0, 3, 1, 2)
    with torch.no_grad():
        found, mirrored = network(both).sigmoid()[:, 0]
    return ((found + mirrored.flip(1)) / 2.0).numpy()
