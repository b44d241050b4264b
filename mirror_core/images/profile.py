"""Embedded colour profiles."""

import io
from typing import Any

from PIL import Image, ImageCms

COLOUR_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
"""The colour space that a profile for pixels of each Pillow mode names."""

_SRGB = ImageCms.ImageCmsProfile(
    ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
)


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert an L, RGB or CMYK image from its embedded profile to sRGB; the same object when there is nothing to do.

    As in browsers, a profile that is damaged or meant for another colour space says nothing about the pixels and is
    passed over: they are taken for sRGB.
    """
    if not profile:
        return image
    try:
        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        description = ImageCms.getProfileDescription(source).lower()
        space = str(source.profile.xcolor_space).strip()
        if space != COLOUR_SPACES.get(image.mode) or ("srgb" in description and "linear" not in description):
            return image
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image
