"""The small copy of a photo that masks are found on, and the way back to full size."""

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

SECOND_OBJECT = 0.3
"""A part at least this large, as a share of the largest part, is a second object; smaller ones are specks."""

FINEST = 2048
"""Pixels along the long side beyond which the edge is not refined further."""


def shrink(pixels: FloatArray, long_side: int) -> FloatArray:
    """An averaged copy with at most `long_side` pixels along its long side, at least 8 along the other."""
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1.0:
        return pixels
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)


def to_lab(pixels: FloatArray) -> FloatArray:
    """CIE Lab, L 0..100, of sRGB 0..1: distances of about 2 are just visible."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), np.float32)


def parts(mask: BoolArray) -> tuple[IntArray, IntArray]:
    """Number the connected parts (pixels that share a side): labels (H, W), 0 for none, and areas of parts 1, 2, ..."""
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    return np.asarray(labels, np.int64), np.asarray(statistics, np.int64)[1:, cv2.CC_STAT_AREA]


def main_parts(mask: BoolArray) -> BoolArray:
    """The largest connected part and any that is at least `SECOND_OBJECT` of it, pinholes (under 1 %) filled."""
    labels, areas = parts(mask)
    if not len(areas):
        return mask
    kept = np.concatenate([[False], areas >= SECOND_OBJECT * areas.max()])[labels]
    holes, areas = parts(~kept)
    return kept | np.concatenate([[False], areas < 0.01 * kept.sum()])[holes]


def refine(mask: BoolArray, pixels: FloatArray) -> FloatArray:
    """Bring a mask of the small copy to the photo's size, its edge where the photo's colours change.

    Near the edge, each pixel's colour is placed on the line between the mean colours of the foreground and the
    background around it; where the two hardly differ, the enlarged mask stands.

    Args:
        mask: (h, w) of the small copy.
        pixels: (H, W, 3), sRGB, 0..1.

    Returns:
        (H, W) float32, 0..1, soft along the edge.
    """
    height, width = pixels.shape[:2]
    fine = shrink(pixels, FINEST)
    cell = max(1.0, max(fine.shape[:2]) / max(mask.shape))
    coarse = resize(mask.astype(np.float32), fine.shape[:2])
    coarse = np.asarray(cv2.GaussianBlur(coarse, (0, 0), 0.7 * cell), np.float32)
    edge = (coarse > 0.02) & (coarse < 0.98)
    window = 2 * round(3 * cell) + 1
    inside, outside = (_local_mean(fine, where, window) for where in (coarse > 0.9, coarse < 0.1))
    line = inside - outside
    length = (line * line).sum(axis=-1)
    position = np.clip(((fine - outside) * line).sum(axis=-1) / np.maximum(length, 1e-6), 0.0, 1.0)
    trust = length / (length + 0.15**2)
    values = np.where(edge, trust * position + (1.0 - trust) * coarse, coarse)
    return np.clip(resize(values.astype(np.float32), (height, width)), 0.0, 1.0)


def _local_mean(pixels: FloatArray, where: BoolArray, window: int) -> FloatArray:
    weight = where.astype(np.float32)
    total = cv2.blur(pixels * weight[..., None], (window, window))
    return np.asarray(total / np.maximum(cv2.blur(weight, (window, window)), 1e-3)[..., None], np.float32)


def resize(values: FloatArray, size: tuple[int, ...]) -> FloatArray:
    """Resample (H, W) to (height, width) = `size`: averaged where it shrinks, linear where it grows."""
    if values.shape == tuple(size):
        return values
    shrinks = size[0] * size[1] < values.size
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, (size[1], size[0]), interpolation=way), np.float32)
