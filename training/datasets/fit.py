"""How a photo of any size becomes a picture of a network's size."""

from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.errors import MaskError
from mirror_core.images import Crop, middle_columns, square_crop

Fit = Literal["crop", "stretch", "pad"]
FloatArray = npt.NDArray[np.float32]


def fit_photo(photo: FloatArray, mask: FloatArray, image_size: tuple[int, int], fit: Fit) -> npt.NDArray[np.uint8]:
    """RGB and mask of the picture, (H, W, 4); the mask is 0 or 255, whatever is beyond the photo is not foreground.

    A shrunk pixel is the mean of the area it covers.

    Args:
        photo: (h, w, 3), sRGB 0..1.
        mask: (h, w), foreground above 0.5.
        image_size: H and W.
        fit: "crop": the window around the object that `mirror reconstruct --model` takes as well: the object fills
            90 % of the tighter dimension, pixels stay square, colours beyond the photo are those of its edge.
            "stretch": the whole photo, its aspect distorted (as published for ATR).
            "pad": the whole photo on a black square, then resized (as published for CUB).

    Raises:
        MaskError: the mask is empty.
    """
    if not (mask > 0.5).any():
        raise MaskError("The mask is empty: no pixel is foreground.", "Mend or remove it, with its photo.")
    if fit == "crop":
        colour, inside = _crop(photo, mask, image_size)
    else:
        if fit == "pad":
            photo, mask = _pad_square(photo), _pad_square(mask)
        colour, inside = _resize(photo, image_size), _resize(mask, image_size)
    picture = np.empty((*image_size, 4), np.uint8)
    picture[..., :3] = np.round(colour.clip(0.0, 1.0) * 255.0)
    picture[..., 3] = np.where(inside > 0.5, 255, 0)
    return picture


def _crop(photo: FloatArray, mask: FloatArray, image_size: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    height, width = image_size
    if width > height:  # lying pictures are upright ones on their side
        turned = _crop(photo.swapaxes(0, 1), mask.T, (width, height))
        return turned[0].swapaxes(0, 1), turned[1].T
    crop = square_crop(mask, width=width / height)
    inside = middle_columns(crop.apply(mask, height), width)
    photo, crop = _repeat_edges(photo, crop)
    return middle_columns(crop.apply(photo, height), width), inside


def _repeat_edges(photo: FloatArray, crop: Crop) -> tuple[FloatArray, Crop]:
    """The photo made larger where the crop reaches beyond it, and the same crop there."""
    height, width = photo.shape[:2]
    left, top = (max(0, 1 + int(np.ceil(-start))) for start in (crop.left, crop.top))
    right = max(0, 1 + int(np.ceil(crop.left + crop.size - width)))
    below = max(0, 1 + int(np.ceil(crop.top + crop.size - height)))
    wider = np.pad(photo, ((top, below), (left, right), (0, 0)), mode="edge")
    return wider, Crop(crop.left + left, crop.top + top, crop.size)


def _pad_square(image: FloatArray) -> FloatArray:
    height, width = image.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    around = ((top, side - height - top), (left, side - width - left), (0, 0))
    return np.pad(image, around[: image.ndim])


def _resize(image: FloatArray, image_size: tuple[int, int]) -> FloatArray:
    height, width = image_size
    larger = height > image.shape[0] or width > image.shape[1]
    way = cv2.INTER_LINEAR if larger else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, (width, height), interpolation=way), np.float32)
