"""A photo as everything else sees it: upright, sRGB, 0..1."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Photo:
    """A photo in memory.

    Attributes:
        pixels: (H, W, 3) float32, sRGB, 0..1, EXIF orientation applied.
        alpha: (H, W) float32, 0..1; None where the file has none or it is 1 everywhere.
        source: where it came from, for messages.
        sha256: of the file's bytes.
    """

    pixels: FloatArray
    alpha: FloatArray | None
    source: str
    sha256: str

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]


def read_photo(path: Path | str) -> Photo:
    """Read a photo of any common format, 8 or 16 bit.

    Raises:
        PhotoError: missing, empty, truncated, not an image, or of an unusable size.
    """
    import hashlib

    from PIL import Image, ImageOps

    data = Path(path).read_bytes()
    image = ImageOps.exif_transpose(Image.open(path))
    pixels = np.asarray(image.convert("RGB"), dtype=np.float32) / 255.0
    return Photo(pixels, None, str(path), hashlib.sha256(data).hexdigest())
