"""Other colours for textures: hair, skin, cloth."""

import cv2
import numpy as np
import numpy.typing as npt

from training.synthetic.piece import ByteArray

Colour = tuple[float, float, float]

HAIR: tuple[tuple[Colour, float], ...] = (
    ((26, 22, 20), 0.30), ((52, 36, 26), 0.27), ((88, 60, 40), 0.17), ((150, 112, 70), 0.09), ((196, 164, 110), 0.06),
    ((120, 52, 26), 0.05), ((150, 148, 146), 0.06),
)  # fmt: skip
"""Colours of hair, sRGB, and how often they are."""
GREY: Colour = (176, 174, 172)


def dye(picture: ByteArray, colour: Colour) -> ByteArray:
    """The picture in one colour, its brightness relative to its own mean kept; alpha as it is."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2GRAY), np.uint8)
    opaque = picture[..., 3] > 127
    mean = max(float(grey[opaque].mean()) if opaque.any() else 128.0, 8.0)
    levels = np.arange(256)[:, None] * (np.asarray(colour) / mean)
    result = picture.copy()
    result[..., :3] = np.clip(levels, 0, 255).astype(np.uint8)[grey]
    return result


def hair_colour(rng: np.random.Generator, old: bool, dark: bool) -> Colour:
    """A natural colour of hair, grey more often in age, hardly ever light where `dark`."""
    if old and rng.random() < 0.7:
        base: Colour = GREY
    else:
        shares = np.array([share * (1.0 if max(colour) < 60 or not dark else 0.04) for colour, share in HAIR])
        base = HAIR[int(rng.choice(len(HAIR), p=shares / shares.sum()))][0]
    return tuple(float(value) for value in np.clip(np.array(base) * rng.uniform(0.85, 1.2), 8, 235))  # type: ignore[return-value]


def shift(picture: ByteArray, hue: float, saturation: float, value: float) -> ByteArray:
    """Turn hues by degrees, scale saturation and brightness; alpha as it is."""
    hsv = cv2.cvtColor(picture[..., :3], cv2.COLOR_RGB2HSV)
    table = np.arange(256)
    tables: list[npt.NDArray[np.uint8]] = [
        ((table + hue / 2.0) % 180).astype(np.uint8),
        np.clip(table * saturation, 0, 255).astype(np.uint8),
        np.clip(table * value, 0, 255).astype(np.uint8),
    ]
    changed = cv2.merge([cv2.LUT(channel, lut) for channel, lut in zip(cv2.split(hsv), tables, strict=True)])
    result = picture.copy()
    result[..., :3] = cv2.cvtColor(changed, cv2.COLOR_HSV2RGB)
    return result
