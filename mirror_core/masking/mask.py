"""A foreground mask, how sure its maker is of it, and what every mask must satisfy."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror_core.errors import MaskError
from mirror_core.masking.working import SECOND_OBJECT, parts

FloatArray = npt.NDArray[np.float32]

SMALLEST_SHARE, LARGEST_SHARE = 0.001, 0.995
"""Shares of the photo below which a mask counts as empty, and above which as full."""

OTHER_MASK = "Give a mask file, a rectangle around the object, or choose another masking method."


@dataclass(frozen=True)
class Mask:
    """A foreground mask.

    Attributes:
        values: (H, W) float32, 0..1, as large as the photo.
        method: "file", "alpha", "border", "grabcut", "network" or "rembg".
        confidence: 0..1, the maker's own estimate of how sure it is.
    """

    values: FloatArray
    method: str
    confidence: float


def check_mask(mask: Mask, size: tuple[int, int]) -> Mask:
    """Require one object of a sensible size; small separate specks are removed.

    Args:
        mask: what to check.
        size: height and width of its photo.

    Raises:
        MaskError: wrongly sized, not finite, empty, full, or two objects of similar size.
    """
    if mask.values.shape != size:
        wrong, right = " x ".join(map(str, mask.values.shape[::-1])), f"{size[1]} x {size[0]}"
        raise MaskError(
            f"The mask is {wrong} pixels, but its photo is {right}.", "Make the mask as large as the photo."
        )
    if not np.isfinite(mask.values).all():
        raise MaskError("The mask holds values that are not finite.", OTHER_MASK)
    share = float((mask.values > 0.5).mean())
    if share < SMALLEST_SHARE:
        raise MaskError(
            f"The {mask.method} mask is empty: only {100 * share:.2f} % of the photo is above 0.5.", OTHER_MASK
        )
    if share > LARGEST_SHARE:
        raise MaskError(f"The {mask.method} mask is full: it covers {100 * share:.2f} % of the photo.", OTHER_MASK)
    return dataclasses.replace(mask, values=_one_object(np.clip(mask.values, 0.0, 1.0), mask.method))


def _one_object(values: FloatArray, method: str) -> FloatArray:
    labels, areas = parts(values > 0.5)
    if len(areas) == 1:
        return values
    second, largest = np.sort(areas)[-2:]
    if second >= SECOND_OBJECT * largest:
        raise MaskError(
            f"The {method} mask shows two objects of similar size, {largest} and {second} pixels.",
            "Cut the photo down to one of them, or give a mask of one.",
        )
    main = labels == 1 + areas.argmax()
    # A speck goes with its soft rim; a rim that also belongs to the object stays.
    rims, _ = parts(values > 0.02)
    keep = (rims == rims[main][0]) & (main | (labels == 0))
    return np.where(keep, values, np.float32(0.0))
