"""A plain folder of photos, each with a mask or a part map beside it."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from mirror_core.errors import InputError, MaskError
from mirror_core.images import Photo, read_photo
from mirror_core.masking import Mask

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True)
class Sample:
    """A photo file and its mask file: NAME_mask.png (above half is foreground) or NAME_parts.png (above 0 is)."""

    photo: Path
    mask: Path
    threshold: int = 127
    """Mask values (0..255) above this are foreground; of a part map all above 0 are."""
    area: float | None = None
    """Share of the picture that is foreground, where the data set says so itself."""
    box: tuple[int, int, int, int] | None = None
    """Left, upper, right and lower border in pixels, right and lower excluded, of the part that is used."""

    def read(self) -> tuple[Photo, Mask]:
        """Both, in memory.

        Raises:
            InputError: one cannot be read, or they are not of one size.
        """
        values = cv2.imread(str(self.mask), cv2.IMREAD_GRAYSCALE)
        if values is None:
            raise MaskError(f"The mask {self.mask} cannot be read.", "Check that it is a PNG file.")
        photo = read_photo(self.photo)
        if photo.size != values.shape:
            raise MaskError(
                f"The mask {self.mask} is {values.shape[1]} x {values.shape[0]} pixels, its photo "
                f"{photo.size[1]} x {photo.size[0]}.",
                "Give the photo a mask of its own size.",
            )
        if self.box is not None:
            left, top, right, bottom = self.box
            values = values[top:bottom, left:right]
            photo = replace(photo, pixels=photo.pixels[top:bottom, left:right], alpha=None)
        threshold = 0 if self.mask.stem.endswith("_parts") else self.threshold
        return photo, Mask((values > threshold).astype(np.float32), "file", 1.0)


def find_samples(folder: Path) -> list[Sample]:
    """All photos in a folder that have a mask, by name.

    Raises:
        InputError: the folder is missing or has no photo with a mask.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Name a folder of photos and masks with --data.")
    samples = [
        Sample(photo, mask)
        for photo in sorted(folder.iterdir())
        if photo.suffix.lower() in PHOTO_SUFFIXES
        for mask in (photo.with_name(f"{photo.stem}_{kind}.png") for kind in ("mask", "parts"))
        if mask.is_file()
    ]
    if not samples:
        raise InputError(f"{folder} has no photo with a mask.", "Put NAME_mask.png beside each NAME.jpg.")
    return samples
