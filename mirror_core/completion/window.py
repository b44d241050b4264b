"""The upright window through which the completion network looks at an object, and the way back."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.errors import MaskError

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Window:
    """A rectangle of a picture's pixels, which may reach beyond it; (height, width) of what it becomes.

    Positions are continuous: pixel (row r, column c) covers [c, c + 1) x [r, r + 1).
    """

    left: float
    top: float
    scale: float
    """Pixels of the picture to one of the window."""
    size: tuple[int, int]

    def look(self, picture: npt.NDArray[np.generic]) -> Float32:
        """The picture (H, W[, C]), up to four channels, through the window, (height, width[, C]); beyond it, 0.

        Where many pixels become one, the picture is reduced to their mean first.
        """
        height, width = self.size
        values = np.asarray(picture, np.float32)
        step = self.scale
        if step > 1.0:
            small = (max(1, round(values.shape[1] / step)), max(1, round(values.shape[0] / step)))
            ratio = values.shape[1] / small[0], values.shape[0] / small[1]
            values = cv2.resize(values, small, interpolation=cv2.INTER_AREA)
        else:
            ratio = 1.0, 1.0
        x = (self.left + (np.arange(width) + 0.5) * step) / ratio[0] - 0.5
        y = (self.top + (np.arange(height) + 0.5) * step) / ratio[1] - 0.5
        across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        seen = cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(seen, np.float32)

    def back(self, values: Float32, shape: tuple[int, int]) -> Float32:
        """The window's values (height, width[, C]) at the picture's pixels, (H, W[, C]); its border's beyond it."""
        x = (np.arange(shape[1]) + 0.5 - self.left) / self.scale - 0.5
        y = (np.arange(shape[0]) + 0.5 - self.top) / self.scale - 0.5
        across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        seen = cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.float32)


def window_around(inside: npt.NDArray[np.bool_], size: tuple[int, int], margin: float = 0.06) -> Window:
    """The window of a size (height, width) in whose middle the object lies, as large as the free margin allows.

    Args:
        inside: (H, W), the object's pixels.
        size: of the window.
        margin: share of height and width that stays free on each side.

    Raises:
        MaskError: there is no object.
    """
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        raise MaskError("The mask is empty: no pixel is set.", "Choose another mask or masking method.")
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = size
    scale = max((bottom - top) / height, (right - left) / width) / (1.0 - 2.0 * margin)
    return Window((left + right - width * scale) / 2.0, (top + bottom - height * scale) / 2.0, float(scale), size)
