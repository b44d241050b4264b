"""Masks by the project's own network: it says what is the object, the photo's own colours say where it ends."""

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.images import Photo
from mirror_core.masking.evidence import Evidence, logistic, weigh
from mirror_core.masking.grabcut import cut
from mirror_core.masking.mask import Mask
from mirror_core.masking.working import BoolArray, FloatArray, main_parts, refine, resize, shrink

if TYPE_CHECKING:
    from mirror_core.masking.network import MaskNetwork

WORKING_SIZE = 320
"""Pixels along the long side of the copy on which the object's colours are told from the background's."""

DECIDED = 0.95
"""Probability from which a pixel is the object's, whatever its colour; from 1 - this downwards, the background's."""


def network_mask(photo: Photo, network: "MaskNetwork | None" = None) -> Mask:
    """Segment with the network; where it is not sure, GrabCut decides with the colours of where it is.

    Args:
        photo: what to segment.
        network: in evaluation mode; none: the shipped one.

    Raises:
        InputError: the shipped network is missing or damaged.
    """
    small = shrink(photo.pixels, WORKING_SIZE)
    likely = resize(probability(photo.pixels, network or shipped_network()), small.shape[:2])
    found = main_parts(cut(np.round(small * 255.0).astype(np.uint8), _seeds(likely), rounds=2))
    return Mask(refine(found, photo.pixels), "network", _confidence(weigh(found, small), likely, found))


def _seeds(likely: FloatArray) -> npt.NDArray[np.uint8]:
    seeds = np.where(likely > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    seeds[likely < 1.0 - DECIDED] = cv2.GC_BGD
    seeds[likely > DECIDED] = cv2.GC_FGD
    return seeds.astype(np.uint8)


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


def expected_overlap(likely: FloatArray, found: BoolArray) -> float:
    """The IoU of a mask if the probabilities are right: expected intersection over expected union; 0 if both are 0."""
    inside, missed = float(likely[found].sum()), float(likely[~found].sum())
    return inside / max(float(found.sum()) + missed, 1.0)


def _confidence(evidence: Evidence, likely: FloatArray, found: BoolArray) -> float:
    """The IoU to be expected: a logistic fit to 120 photos, see `benchmarks/masking.py`."""
    return logistic(
        -0.7
        + 2.8 * expected_overlap(likely, found)
        + 0.9 * evidence.solid
        - 1.0 * evidence.weak
        - 0.4 * evidence.rough
        - 1.0 * evidence.frame
    )
