"""Masks of shop photos: whatever differs from a plain background that shows along the whole border.

The background's colour may change smoothly over the photo (a vignette, a lamp on one side): it is a quadratic
function of the position, fitted to the border so that an object that reaches the border has no say in it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.images import Photo
from mirror_core.masking.evidence import Evidence, logistic, weigh
from mirror_core.masking.mask import Mask
from mirror_core.masking.working import BoolArray, FloatArray, main_parts, parts, refine, shrink, to_lab

WORKING_SIZE = 384
LIGHTNESS = 0.6
"""Weight of lightness beside the two colour axes: a shadow darkens the background without changing its hue."""

SHADOW = 0.35
"""Contrast of a shadow, at most, as a share of the object's."""


@dataclass(frozen=True)
class Background:
    """A smooth background.

    Attributes:
        distance: (h, w) from the background's colour, in Lab units.
        hue: (h, w) the same without lightness.
        spread: the usual distance of background pixels.
        share: of the border that shows background.
    """

    distance: FloatArray
    hue: FloatArray
    spread: float
    share: float


def border_mask(photo: Photo) -> Mask:
    """Flood the background from the border; what remains is the object."""
    small = shrink(photo.pixels, WORKING_SIZE)
    background = fit_background(to_lab(small))
    found = _flood(background)
    values = refine(found, photo.pixels)
    return Mask(values, "border", _confidence(weigh(found, small), background))


def fit_background(lab: FloatArray) -> Background:
    """Fit a quadratic to the colours along the border by reweighted least squares (Geman-McClure)."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    x, y = x / max(width - 1, 1) * 2.0 - 1.0, y / max(height - 1, 1) * 2.0 - 1.0
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    ring = _ring(height, width)
    design, colours = terms[ring], lab[ring].astype(np.float64)
    distance = _length(colours - np.median(colours, axis=0))
    scale = max(3.0, float(np.percentile(distance, 40)))
    coefficients = np.zeros((6, 3))
    for _ in range(8):
        weight = (1.0 / (1.0 + (distance / scale) ** 2) ** 2)[:, None]
        # a little weight against curvature keeps the middle sane when only part of the border is background
        damping = 1e-4 * len(design) * np.diag([0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
        coefficients = np.linalg.solve((design * weight).T @ design + damping, (design * weight).T @ colours)
        distance = _length(colours - design @ coefficients)
        near = distance[distance < 3 * scale]
        scale = max(2.0, 2.0 * float(np.median(near))) if len(near) else scale
    difference = lab - terms @ coefficients
    return Background(
        distance=_length(difference).astype(np.float32),
        hue=np.linalg.norm(difference[..., 1:], axis=-1).astype(np.float32),
        spread=scale / 2.0,
        share=float((distance < _limit(scale / 2.0)).mean()),
    )


def _limit(spread: float) -> float:
    return float(np.clip(5.0 * spread + 3.0, 8.0, 18.0))


def _flood(background: Background) -> BoolArray:
    limit = _limit(background.spread)
    smooth = np.asarray(cv2.GaussianBlur(background.distance, (0, 0), 0.8))
    outside = _reached(smooth < limit)
    if outside.any() and not outside.all():
        # Now that the object's contrast is known, the flood may go on through shadows, which are much fainter.
        faint = SHADOW * float(np.median(background.distance[~outside]))
        outside = _reached(outside | ((smooth < min(faint, 3.0 * limit)) & (background.hue < limit)))
    # Enclosed windows that look exactly like the background (between arm and body) belong to it too.
    windows, areas = parts((smooth < 0.5 * limit) & ~outside)
    open_window = np.concatenate([[False], areas > 0.002 * smooth.size])[windows]
    found = _without_rim(~(outside | open_window), background.distance).astype(np.uint8)
    return main_parts(np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))) > 0)


def _reached(open_to_flood: BoolArray) -> BoolArray:
    """What is connected to the border."""
    labels, _ = parts(open_to_flood)
    reached = np.unique(labels[_ring(*labels.shape, thickness=1)])
    return np.isin(labels, reached[reached > 0])


def _without_rim(found: BoolArray, distance: FloatArray) -> BoolArray:
    """Drop mixed pixels and faint shadows along the edge: those less than half as far as the object beside them."""
    core = cv2.erode(found.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1).astype(np.float32)
    beside = cv2.blur(distance * core, (9, 9)) / np.maximum(cv2.blur(core, (9, 9)), 1e-3)
    return found & ((core > 0) | (distance > 0.5 * beside))


def _confidence(evidence: Evidence, background: Background) -> float:
    """The IoU to be expected: a logistic fit to 160 photos, see `benchmarks/masking.py`."""
    return logistic(
        -2.5
        + 2.4 * background.share
        + 3.5 * evidence.solid
        - 0.8 * min(background.spread / 12.0, 1.0)
        - 1.6 * evidence.weak
        - 2.9 * evidence.frame
        - 1.5 * evidence.rough
        - 4.0 * evidence.smallness
    )


def _ring(height: int, width: int, thickness: int | None = None) -> BoolArray:
    thickness = thickness or max(2, round(0.02 * max(height, width)))
    ring = np.ones((height, width), bool)
    ring[thickness:-thickness, thickness:-thickness] = False
    return ring


def _length(difference: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    return np.sqrt((np.square(difference, dtype=np.float64) * (LIGHTNESS, 1.0, 1.0)).sum(axis=-1))
