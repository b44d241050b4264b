"""Masks that somebody made: the photo's own alpha channel, or a file beside it."""

from pathlib import Path

import numpy as np

from mirror_core.errors import MaskError, PhotoError
from mirror_core.images import Photo, read_photo
from mirror_core.masking.mask import Mask
from mirror_core.masking.working import resize

OTHER_METHOD = "Give a mask file, or choose the method border, grabcut or auto."


def alpha_mask(photo: Photo) -> Mask:
    """The photo's alpha channel; as sure as it is decided, that is 1 without half-transparent pixels.

    Raises:
        MaskError: the photo has none.
    """
    if photo.alpha is None:
        raise MaskError(f"{photo.source} has no alpha channel, or one that is opaque everywhere.", OTHER_METHOD)
    undecided = float((np.abs(photo.alpha - 0.5) < 0.4).mean())
    return Mask(photo.alpha, "alpha", 1.0 - undecided)


def has_useful_alpha(photo: Photo) -> bool:
    """Whether the alpha channel cuts something out: at least 1 % of the photo is on either side."""
    return photo.alpha is not None and bool(0.01 < float((photo.alpha > 0.5).mean()) < 0.99)


def file_mask(photo: Photo, file: Path) -> Mask:
    """A mask file: white (or opaque, if it has an alpha channel) is the object.

    A file of another size but the photo's shape is scaled.

    Raises:
        MaskError: the file cannot be read, or has another shape than the photo.
    """
    try:
        picture = read_photo(file)
    except PhotoError as error:
        raise MaskError(f"The mask cannot be used: {error.message}", error.remedy) from error
    values = picture.alpha if picture.alpha is not None else picture.pixels.mean(axis=-1, dtype=np.float32)
    (height, width), (mask_height, mask_width) = photo.size, values.shape
    # Each side may be rounded by half a pixel of the smaller picture.
    slack = 0.5 * (max(height, width) + max(mask_height, mask_width))
    if abs(mask_height * width - mask_width * height) > slack:
        raise MaskError(
            f"The mask {file.name} is {mask_width} x {mask_height} pixels, but the photo is {width} x {height}, "
            "which is another shape.",
            "Make the mask as large as the photo.",
        )
    return Mask(resize(values, photo.size), "file", 1.0)
