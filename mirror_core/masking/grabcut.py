"""GrabCut (Rother et al. 2004, OpenCV's) from several starts, on a small copy, with the edge refined at full size."""

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.errors import MaskError
from mirror_core.images import Photo
from mirror_core.masking.evidence import Evidence, logistic, overlap, weigh
from mirror_core.masking.mask import Mask
from mirror_core.masking.working import BoolArray, FloatArray, main_parts, refine, shrink, to_lab

WORKING_SIZE = 224
Rectangle = tuple[int, int, int, int]

STARTS = ((0.75, 0.95), (0.5, 0.92))
"""Half axes of the region where the object is expected, as shares of half the photo: a garment, a standing person."""

SAFE = 30
"""Fewer pixels of either side than this are too few for GrabCut's colour models."""


def grabcut_mask(photo: Photo, rectangle: Rectangle | None = None) -> Mask:
    """Segment by colour and edges.

    Args:
        photo: what to segment.
        rectangle: (left, top, right, bottom) in photo pixels; all beyond it is background.

    Raises:
        MaskError: the rectangle is empty or not on the photo.
    """
    small = shrink(photo.pixels, WORKING_SIZE)
    window = _window(rectangle, photo.size, small.shape[:2])
    picture = np.round(small * 255.0).astype(np.uint8)
    candidates = [cut(picture, seeds) for seeds in _starts(small, window)]
    votes = np.sum(candidates, axis=0)
    found = main_parts(cut(picture, _from_votes(votes, len(candidates), window), rounds=2))
    agreement = float(np.mean([overlap(found, candidate) for candidate in candidates]))
    return Mask(refine(found, photo.pixels), "grabcut", _confidence(weigh(found, small), agreement))


def _window(rectangle: Rectangle | None, size: tuple[int, int], small: tuple[int, ...]) -> BoolArray:
    """Where the object may be, on the small copy; without a rectangle all but a thin frame."""
    height, width = size
    if rectangle is None:
        margin = 0.015 * max(height, width)
        left, top, right, bottom = margin, margin, width - margin, height - margin
    else:
        left, top, right, bottom = rectangle
        if not (0 <= left < right <= width and 0 <= top < bottom <= height):
            raise MaskError(
                f"The rectangle {rectangle} (left, top, right, bottom) does not lie on the photo of "
                f"{width} x {height} pixels.",
                "Give left < right and top < bottom in pixels of the photo.",
            )
    rows, columns = (np.arange(small[axis]) + 0.5 for axis in (0, 1))
    rows, columns = rows * height / small[0], columns * width / small[1]
    return ((rows > top) & (rows < bottom))[:, None] & ((columns > left) & (columns < right))[None, :]


def _starts(small: FloatArray, window: BoolArray) -> list[npt.NDArray[np.uint8]]:
    starts = [np.where(window, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)]
    for half_width, half_height in STARTS:
        likely = _colour_and_place(to_lab(small), _expected(window, half_width, half_height))
        seeds = np.where(likely > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
        seeds[likely < 0.02] = cv2.GC_BGD
        seeds[likely > 0.995] = cv2.GC_FGD
        seeds[~window & (likely < 0.8)] = cv2.GC_BGD
        starts.append(seeds.astype(np.uint8))
    return starts


def _expected(window: BoolArray, half_width: float, half_height: float) -> npt.NDArray[np.float64]:
    """Probability of the object from the place alone: a rounded box in the window, falling off smoothly."""
    rows, columns = np.flatnonzero(window.any(axis=1)), np.flatnonzero(window.any(axis=0))
    if not len(rows):
        raise MaskError("The rectangle is too small for the photo.", "Draw it around the whole object.")
    y, x = np.mgrid[0 : window.shape[0], 0 : window.shape[1]].astype(np.float64)
    y = (y - float(np.mean(rows))) / (len(rows) / 2 * half_height)
    x = (x - float(np.mean(columns))) / (len(columns) / 2 * half_width)
    radius = (np.abs(y) ** 2.5 + np.abs(x) ** 2.5) ** 0.4
    return 1.0 / (1.0 + np.exp(6.0 * (radius - 1.0)))


def _colour_and_place(lab: FloatArray, expected: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Bayes' rule, four rounds: colour histograms weighted by the current guess, the place as the prior."""
    cells = np.floor((lab - np.array([0.0, -128.0, -128.0])) / (100.001 / 16, 8.0, 8.0)).astype(np.int64)
    index = (cells[..., 0] * 32 + cells[..., 1]) * 32 + cells[..., 2]
    place = np.log(expected / (1.0 - expected))
    guess = expected
    for _ in range(4):
        inside, outside = (_histogram(index, weight) for weight in (guess, 1.0 - guess))
        colour = np.log((inside[index] + 1e-5) / (outside[index] + 1e-5)).astype(np.float32)
        smooth = np.clip(np.asarray(cv2.GaussianBlur(colour, (0, 0), 1.5)), -3.0, 3.0)
        guess = 1.0 / (1.0 + np.exp(-(smooth + place)))
    return guess


def _histogram(index: npt.NDArray[np.int64], weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    counts = np.bincount(index.ravel(), weight.ravel(), minlength=16 * 32 * 32).reshape(16, 32, 32)
    for axis in range(3):
        counts = (np.roll(counts, 1, axis) + 2.0 * counts + np.roll(counts, -1, axis)) / 4.0
    return counts.ravel() / counts.sum()


def _from_votes(votes: npt.NDArray[np.int64], count: int, window: BoolArray) -> npt.NDArray[np.uint8]:
    majority = (2 * votes > count).astype(np.uint8)
    seeds = np.where(majority, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    seeds[(votes == count) & (cv2.erode(majority, disc) > 0)] = cv2.GC_FGD
    seeds[cv2.dilate((votes > 0).astype(np.uint8), disc) == 0] = cv2.GC_BGD
    seeds[~window & (votes < count)] = cv2.GC_BGD
    return seeds.astype(np.uint8)


def cut(picture: npt.NDArray[np.uint8], seeds: npt.NDArray[np.uint8], rounds: int = 3) -> BoolArray:
    """The foreground after so many rounds of GrabCut from seeds (GC_BGD, GC_FGD, GC_PR_BGD, GC_PR_FGD); no specks."""
    labels = seeds.copy()
    foreground = (seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD)
    if min(int(foreground.sum()), int((~foreground).sum())) < SAFE:
        return foreground
    cv2.setRNGSeed(0)  # its k-means starts at random
    cv2.grabCut(picture, labels, (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65)), rounds, cv2.GC_INIT_WITH_MASK)
    found = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))) > 0


def _confidence(evidence: Evidence, agreement: float) -> float:
    """The IoU to be expected: a logistic fit to 160 photos, see `benchmarks/masking.py`."""
    return logistic(
        -4.3
        + 4.5 * agreement
        + 3.1 * evidence.solid
        - 1.1 * evidence.weak
        - 1.6 * evidence.rough
        - 1.2 * evidence.smallness
    )
