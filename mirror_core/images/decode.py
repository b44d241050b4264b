"""From a file's bytes to upright sRGB pixels: Pillow for what it keeps whole, OpenCV for 16 bits a channel."""

import io
import re
import warnings
from collections.abc import Generator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from mirror_core.errors import PhotoError
from mirror_core.images.profile import to_srgb

FloatArray = npt.NDArray[np.float32]

MOST_PIXELS = 100_000_000
"""Pixels in a photo; as float32 they take 1.2 GB."""

CONVERT = "Save it again as an 8-bit JPEG, or as an 8- or 16-bit PNG."
ORIENTATION, BITS_PER_SAMPLE = 0x0112, 258


def decode(data: bytes, name: str) -> tuple[FloatArray, FloatArray | None]:
    """Pixels (H, W, 3) and alpha (H, W) of an image file, float32, 0..1, upright, sRGB; alpha None if 1 everywhere.

    Args:
        data: the file's bytes.
        name: of the file, for messages.

    Raises:
        PhotoError: not an image, truncated, too large, or with floating-point values.
    """
    with _decoder_errors(name):
        image = Image.open(io.BytesIO(data))
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_large(name, f"{width} x {height} = {width * height / 1e6:.0f} million")
    with _decoder_errors(name):
        # Pillow notices a truncated file, OpenCV fills the rest with grey: Pillow decodes first in every case.
        image.load()
        orientation = int(image.getexif().get(ORIENTATION, 1))
        sixteen_bit = _has_sixteen_bits(image, data)
    if sixteen_bit:
        pixels, alpha = _decode_sixteen(image, data, name)
    else:
        with _decoder_errors(name):
            pixels, alpha = _decode_eight(image, name)
    pixels = np.ascontiguousarray(_upright(pixels, orientation))
    if alpha is None or bool((alpha >= 1.0).all()):
        return pixels, None
    return pixels, np.ascontiguousarray(_upright(alpha, orientation))


@contextmanager
def _decoder_errors(name: str) -> Generator[None]:
    """Turn whatever a decoder throws at a damaged file into a PhotoError; our limit replaces Pillow's size warning."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PhotoError:
        raise
    except Image.DecompressionBombError as error:
        pixels = re.search(r"\d+", str(error))
        raise _too_large(name, f"{int(pixels[0]) / 1e6:.0f} million" if pixels else "too many") from None
    except Image.UnidentifiedImageError:
        raise PhotoError(f"{name} is not an image in a format that can be read.", CONVERT) from None
    except MemoryError:
        raise PhotoError(f"{name} does not fit into memory.", "Close other programs or make it smaller.") from None
    except Exception as error:  # decoders raise anything from struct.error to SyntaxError on damaged files
        raise PhotoError(f"{name} is truncated or damaged ({error}).", "Copy or export the photo again.") from error


def _too_large(name: str, pixels: str) -> PhotoError:
    return PhotoError(
        f"{name} has {pixels} pixels, more than the limit of {MOST_PIXELS / 1e6:.0f} million.",
        "Make it smaller; 20 million pixels are plenty for a texture of 2048.",
    )


def _has_sixteen_bits(image: Image.Image, data: bytes) -> bool:
    if image.format == "PNG":
        return data[24] == 16  # bit depth in the IHDR chunk, which the standard puts first
    if image.format == "TIFF":
        return bool(np.max(image.getexif().get(BITS_PER_SAMPLE, 8)) == 16)
    return image.mode.startswith("I")


def _decode_sixteen(image: Image.Image, data: bytes, name: str) -> tuple[FloatArray, FloatArray | None]:
    # OpenCV 5 decodes to RGB only on request and always puts alpha last.
    raw = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if raw is None or raw.dtype != np.uint16:
        raise PhotoError(f"{name} has a pixel format that cannot be read ({image.mode}).", CONVERT)
    values = raw.reshape(*raw.shape[:2], -1).astype(np.float32)
    values /= 65535.0
    channels = values.shape[2]
    colour = values[..., 2::-1] if channels >= 3 else np.repeat(values[..., :1], 3, axis=2)
    alpha = values[..., channels - 1] if channels in (2, 4) else None
    # Pillow's colour management has 8 bits: the correction is taken from there and added to the exact values.
    eight = Image.fromarray(np.round(colour * 255.0).astype(np.uint8))
    converted = to_srgb(eight, image.info.get("icc_profile"))
    if converted is not eight:
        difference = np.asarray(converted, np.float32) - np.asarray(eight, np.float32)
        colour = np.clip(colour + difference / 255.0, 0.0, 1.0)
    return np.asarray(colour, np.float32), alpha


def _decode_eight(image: Image.Image, name: str) -> tuple[FloatArray, FloatArray | None]:
    if image.mode in ("F", "I"):
        raise PhotoError(f"{name} holds {'floating-point' if image.mode == 'F' else '32-bit'} values.", CONVERT)
    alpha = None
    if image.has_transparency_data:
        alpha = _unit(image.convert("RGBA").getchannel("A"))
    profile = image.info.get("icc_profile")
    if image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("L" if image.mode in ("1", "LA", "La") else "RGB")
    return _unit(to_srgb(image, profile).convert("RGB")), alpha


def _unit(image: Image.Image) -> FloatArray:
    values = np.asarray(image, dtype=np.float32).copy()
    values /= 255.0
    return values


def _upright(values: FloatArray, orientation: int) -> FloatArray:
    """Undo EXIF orientation 2..8; the values for 5..8 swap height and width."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return values
