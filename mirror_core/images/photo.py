"""A photo as everything else sees it: upright, sRGB, 0..1."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mirror_core.errors import PhotoError
from mirror_core.images.decode import decode

FloatArray = npt.NDArray[np.float32]

SMALLEST_SIDE = 16
"""A photo with fewer pixels than this along a side shows nothing to reconstruct."""

LARGEST_FILE = 1 << 30
"""Bytes; a larger file is a film or a mistake and is not read into memory."""

RAW_SUFFIXES = {".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".rw2"}
"""Camera raw files: many are TIFFs whose first picture is a thumbnail, which must not be taken for the photo."""


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
    """Read a photo of any common format, 8 or 16 bit, grey, palette, RGB or CMYK, with or without alpha.

    An embedded colour profile is converted to sRGB. Of a file with several pictures (an animation, a stereo pair,
    pages) the first is read.

    Raises:
        PhotoError: missing, empty, truncated, not an image, or of an unusable size.
    """
    path = Path(path)
    data = _read_bytes(path)
    pixels, alpha = decode(data, path.name)
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        raise PhotoError(
            f"{path.name} is {width} x {height} pixels, fewer than {SMALLEST_SIDE} along a side.",
            "Use a larger photo.",
        )
    return Photo(pixels, alpha, str(path), hashlib.sha256(data).hexdigest())


def _read_bytes(path: Path) -> bytes:
    if path.suffix.lower() in RAW_SUFFIXES:
        raise PhotoError(
            f"{path.name} is a camera raw file, which is not read.", "Develop it to a 16-bit PNG or TIFF, or a JPEG."
        )
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise PhotoError(
                f"{path.name} is {size / 1e9:.1f} GB, more than the limit of {LARGEST_FILE / 1e9:.1f} GB.",
                "Save the photo as a JPEG or PNG.",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise PhotoError(f"There is no file {path}.", "Check the spelling and the folder.") from None
    except IsADirectoryError:
        raise PhotoError(f"{path} is a folder, not a photo.", "Name a photo in it.") from None
    except (OSError, ValueError) as error:
        raise PhotoError(f"{path} cannot be read: {error}.", "Check that the file may be read.") from error
    if not data:
        raise PhotoError(f"{path.name} is empty (0 bytes).", "Copy or export the photo again.")
    return data
