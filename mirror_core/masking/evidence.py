"""What can be measured about a mask without knowing the right one."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.masking.working import BoolArray, FloatArray, to_lab

VISIBLE = 8.0
"""Lab distance below which two sides of an edge hardly differ."""


@dataclass(frozen=True)
class Evidence:
    """Measures of a mask, each 0..1.

    Attributes:
        area: share of the photo.
        weak: share of the contour along which the colours inside and outside hardly differ.
        frame: share of the photo's frame that the mask touches.
        rough: how much longer the contour is than a smoothed one, 0 for not at all, 1 for twice as long or more.
        solid: share of its convex hull that the mask fills.
    """

    area: float
    weak: float
    frame: float
    rough: float
    solid: float

    @property
    def smallness(self) -> float:
        """0 for an area of at least 12 % of the photo, 1 for none."""
        return max(0.0, 1.0 - self.area / 0.12)


def weigh(mask: BoolArray, pixels: FloatArray) -> Evidence:
    """Measure a mask on a small copy of its photo."""
    if not mask.any():
        return Evidence(0.0, 1.0, 0.0, 1.0, 0.0)
    frame = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    smooth = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 3.0) > 0.5
    outline = _contours(mask)
    hull = sum(cv2.contourArea(cv2.convexHull(contour)) for contour in outline)
    longer = _length(outline) / max(_length(_contours(np.asarray(smooth))), 1.0) - 1.0
    return Evidence(
        area=float(mask.mean()),
        weak=_weak_share(mask, to_lab(pixels)),
        frame=float(frame.mean()),
        rough=float(np.clip(longer, 0.0, 1.0)),
        solid=float(np.clip(sum(cv2.contourArea(contour) for contour in outline) / max(hull, 1.0), 0.0, 1.0)),
    )


def logistic(score: float) -> float:
    """Map a score to 0..1."""
    return 1.0 / (1.0 + math.exp(-score))


def overlap(first: BoolArray, second: BoolArray) -> float:
    """Intersection over union; 1 for two empty masks."""
    union = int((first | second).sum())
    return float((first & second).sum()) / union if union else 1.0


def _weak_share(mask: BoolArray, lab: FloatArray) -> float:
    """Compare the mean colours of the strips just inside and just outside around each contour pixel."""
    solid = mask.astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    inner = mask & (cv2.erode(solid, disc, borderValue=1) == 0)
    outer = ~mask & (cv2.dilate(solid, disc) > 0)
    contour = mask & (cv2.erode(solid, np.ones((3, 3), np.uint8), borderValue=1) == 0)
    if not contour.any() or not outer.any():
        return 1.0
    means: list[npt.NDArray[np.float32]] = []
    for strip in (inner, outer):
        weight = strip.astype(np.float32)
        count = np.maximum(cv2.blur(weight, (15, 15)), 1e-3)
        means.append(np.asarray(cv2.blur(lab * weight[..., None], (15, 15)) / count[..., None], np.float32))
    distance = np.linalg.norm(means[0] - means[1], axis=-1)[contour]
    return float((distance < VISIBLE).mean())


def _contours(mask: BoolArray) -> list[npt.NDArray[np.int32]]:
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [np.asarray(contour, np.int32) for contour in found]


def _length(contours: list[npt.NDArray[np.int32]]) -> float:
    return float(sum(cv2.arcLength(contour, True) for contour in contours))
