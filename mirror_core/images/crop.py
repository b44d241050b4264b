"""A square window on a photo, and the way back: the camera looks through the crop, results return to the photo."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror_core.errors import MaskError

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Crop:
    """A square of `size` photo pixels whose upper left corner is at (left, top); may reach beyond the photo.

    Positions are continuous: pixel (row r, column c) covers [c, c + 1) x [r, r + 1).
    """

    left: float
    top: float
    size: float

    def to_photo(self, ndc: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Photo positions (x, y) of NDC points (..., 2): x right, y up, both -1..1 over the crop."""
        half = self.size / 2
        x = self.left + half * (1.0 + ndc[..., 0])
        y = self.top + half * (1.0 - ndc[..., 1])
        return np.stack([x, y], axis=-1)

    def apply(self, image: FloatArray, pixels: int, outside: float = 0.0) -> FloatArray:
        """Resample (H, W) or (H, W, C) to (pixels, pixels[, C]), averaging when it shrinks; `outside` fills the rest."""
        import cv2

        scale = pixels / self.size
        if scale < 1.0:
            sigma = 0.4 / scale
            image = cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0.5 else image
        matrix = np.array(
            [[scale, 0, -self.left * scale + 0.5 * scale - 0.5], [0, scale, -self.top * scale + 0.5 * scale - 0.5]]
        )
        border = (outside,) * 4
        warped = cv2.warpAffine(image, matrix, (pixels, pixels), flags=cv2.INTER_LINEAR, borderValue=border)
        return np.asarray(warped, dtype=np.float32)


def square_crop(mask: npt.NDArray[np.floating], margin: float = 0.1) -> Crop:
    """The square centred on the mask's bounding box; the larger side fills 1 - margin of it."""
    rows, columns = np.flatnonzero((mask > 0.5).any(axis=1)), np.flatnonzero((mask > 0.5).any(axis=0))
    if not len(rows):
        raise MaskError("The mask is empty: no pixel is above 0.5.", "Choose another mask or masking method.")
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    size = float(max(bottom - top, right - left)) / (1.0 - margin)
    return Crop((left + right - size) / 2, (top + bottom - size) / 2, size)
