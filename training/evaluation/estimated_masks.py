"""Masks as a user without one gets them."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import MaskError
from mirror_core.images import Photo
from mirror_core.masking import find_mask


def estimate_masks(photos: Float[Tensor, "N 3 H W"], method: str = "auto") -> tuple[Float[Tensor, "N 1 H W"], int]:
    """A mask for each picture, by `mirror_core.masking`, and how many pictures none was found for.

    Where none is found, everything counts as foreground. The pictures are framed already, which with given masks was
    done by these; a user's photo is not.
    """
    found, failed = list[np.ndarray](), 0
    for picture in photos.permute(0, 2, 3, 1).numpy():
        try:
            found.append(find_mask(Photo(np.ascontiguousarray(picture), None, "framed photo", ""), method).values)
        except MaskError:
            failed += 1
            found.append(np.ones(picture.shape[:2], np.float32))
    return torch.from_numpy(np.stack(found))[:, None].gt(0.5).float(), failed
