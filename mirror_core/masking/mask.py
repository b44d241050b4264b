"""A foreground mask and how sure its maker is of it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Mask:
    """A foreground mask.

    Attributes:
        values: (H, W) float32, 0..1, as large as the photo.
        method: "file", "alpha", "border", "grabcut" or "rembg".
        confidence: 0..1, the maker's own estimate of how sure it is.
    """

    values: npt.NDArray[np.float32]
    method: str
    confidence: float
