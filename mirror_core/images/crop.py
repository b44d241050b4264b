"""A square window on a photo, and the way back: the camera looks through the crop, results return to the photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror_core.errors import InputError, MaskError

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Crop:
    """A square of `size` photo pixels whose upper left corner is at (left, top); may reach beyond the photo.

    Positions are continuous: pixel (row r, column c) covers [c, c + 1) x [r, r + 1).
    """

    left: float
    top: float
    size: float

    def __post_init__(self) -> None:
        if not (0 < self.size < np.inf and np.isfinite([self.left, self.top]).all()):
            raise InputError(f"A crop must be finite and have a positive size, but is {self}.")

    def to_photo(self, ndc: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Photo positions (x, y) of NDC points (..., 2): x right, y up, both -1..1 over the crop."""
        half = self.size / 2
        x = self.left + half * (1.0 + ndc[..., 0])
        y = self.top + half * (1.0 - ndc[..., 1])
        return np.stack([x, y], axis=-1)

    def to_ndc(self, position: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """NDC points of photo positions (..., 2): the inverse of `to_photo`."""
        half = self.size / 2
        x = (position[..., 0] - self.left) / half - 1.0
        y = 1.0 - (position[..., 1] - self.top) / half
        return np.stack([x, y], axis=-1)

    def apply(self, image: FloatArray, pixels: int, outside: float = 0.0) -> FloatArray:
        """Resample (H, W) or (H, W, C) to (pixels, pixels[, C]); `outside` is the colour of all beyond the photo.

        A shrunk pixel is the mean over the area it covers (a mask's pixel is its exact coverage), an enlarged one is
        interpolated linearly; at scale 1 the two are the same.
        """
        step = self.size / pixels
        values = _resample_rows(image - np.float32(outside), self.top, step, pixels)
        values = _resample_rows(values.swapaxes(0, 1), self.left, step, pixels).swapaxes(0, 1)
        return np.ascontiguousarray(values + np.float32(outside))


def _resample_rows(image: FloatArray, start: float, step: float, count: int) -> FloatArray:
    """Resample axis 0: row i is the mean of max(step, 1) rows around start + (i + 1/2) step; zero beyond the image."""
    width = max(step, 1.0)
    low = start + (np.arange(count) + 0.5) * step - width / 2
    result = np.zeros((count, *image.shape[1:]), np.float32)
    for tap in range(int(np.ceil(width)) + 1):
        source = np.floor(low).astype(np.int64) + tap
        overlap = np.minimum(source + 1, low + width) - np.maximum(source, low)
        used = (source >= 0) & (source < image.shape[0]) & (overlap > 0)
        weight = (overlap[used] / width).astype(np.float32)
        result[used] += image[source[used]] * weight.reshape(-1, *[1] * (image.ndim - 1))
    return result


def square_crop(mask: npt.NDArray[np.floating], margin: float = 0.1, width: float = 1.0) -> Crop:
    """The square centred on the mask's bounding box, in which the object fills 1 - margin.

    Args:
        mask: (H, W), foreground above 0.5.
        margin: share of the height and of the allowed width that stays free.
        width: share of the square's width, around its middle, that the object may fill; less than 1 for encoders
            whose pictures are upright.
    """
    rows, columns = np.flatnonzero((mask > 0.5).any(axis=1)), np.flatnonzero((mask > 0.5).any(axis=0))
    if not len(rows):
        raise MaskError("The mask is empty: no pixel is above 0.5.", "Choose another mask or masking method.")
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    size = float(max(bottom - top, (right - left) / width)) / (1.0 - margin)
    return Crop(float(left + right - size) / 2, float(top + bottom - size) / 2, size)


def middle_columns(image: npt.NDArray[Any], width: int) -> npt.NDArray[Any]:
    """The `width` columns in the middle of a square picture (H, H[, C])."""
    start = (image.shape[1] - width) // 2
    return image[:, start : start + width]
