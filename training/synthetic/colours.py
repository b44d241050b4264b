"""Other colours for textures, by matrices on their RGBA values: hair, skin, cloth."""

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
CONTRAST = 0.6
"""Share of a texture's contrast that is left when it is dyed."""
GREY: Colour = (176, 174, 172)
LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in brightness (BT.601)."""


def hair_colour(rng: np.random.Generator, old: bool, dark: bool) -> Colour:
    """A natural colour of hair, grey more often in age, hardly ever light where `dark`."""
    shares = np.array([share * (1.0 if max(colour) < 60 or not dark else 0.04) for colour, share in HAIR])
    chosen = HAIR[int(rng.choice(len(HAIR), p=shares / shares.sum()))][0]
    grey = rng.random() < 0.7
    red, green, blue = np.clip(np.array(GREY if old and grey else chosen) * rng.uniform(0.85, 1.2), 8, 235)
    return float(red), float(green), float(blue)


def dye(picture: ByteArray, colour: Colour) -> ByteArray:
    """The picture in one colour; alpha as it is.

    Of the brightness relative to the picture's own mean a part is kept: dark hair has more contrast than light hair.
    """
    mean = cv2.mean(picture, mask=np.ascontiguousarray(picture[..., 3]))
    brightness = max(float(LUMA @ np.array(mean[:3])), 8.0)
    return _multiply(picture, CONTRAST * np.outer(colour, LUMA) / brightness, (1.0 - CONTRAST) * np.array(colour))


def shift(picture: ByteArray, hue: float, saturation: float, value: float) -> ByteArray:
    """Turn hues by degrees, scale saturation and brightness; alpha and the brightness of greys as they are.

    The hue turns about the grey axis in a space whose first axis is brightness (YIQ).
    """
    to_yiq = np.array([LUMA, [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    c, s = saturation * np.cos(np.deg2rad(hue)), saturation * np.sin(np.deg2rad(hue))
    turn = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
    return _multiply(picture, value * np.linalg.inv(to_yiq) @ turn @ to_yiq)


def _multiply(
    picture: ByteArray, matrix: npt.NDArray[np.floating], constant: npt.NDArray[np.floating] | float = 0.0
) -> ByteArray:
    whole = np.eye(4, 5)
    whole[:3, :3] = matrix
    whole[:3, 4] = constant
    return np.asarray(cv2.transform(picture, whole), np.uint8)
