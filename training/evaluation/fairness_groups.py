"""Who is in a synthetic photo: skin tone, sex, age, weight and height of a truth, as groups."""

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from training.synthetic.parts import part_number
from training.synthetic.truth import Truth

TONES = {"dark": -30.0, "brown": 10.0, "tan": 28.0, "intermediate": 41.0, "light": 90.0}
"""Names of individual typology angles, and up to how many degrees each reaches (Chardon et al. 1991, Del Bino and
Bernerd 2013); their "very light", above 55, is counted as light."""
SHAPES = {
    "sex": ("gender", {"male": 0.5, "female": 1.0}),
    "age": ("age", {"young": 0.76, "middle": 0.9, "old": 1.0}),
    "weight": ("weight", {"light": 0.4, "medium": 0.6, "heavy": 1.0}),
    "height": ("height", {"short": 0.45, "medium": 0.55, "tall": 1.0}),
}
"""For each dimension the number of the shape code it is read from, and up to which value each group reaches. Weight
and height are relative to a body of the same sex; the ages are those of the skins (training/synthetic/people.py)."""
DIMENSIONS = ("skin", *SHAPES)
ORDERS = {"skin": tuple(TONES), **{name: tuple(limits) for name, (_, limits) in SHAPES.items()}}
"""The groups of each dimension."""
FEW = 10
"""Skin must be found at so many of the template's vertices: hands and face have about a hundred."""


def groups_of(truth: Truth) -> dict[str, str]:
    """The group that a person belongs to, by dimension; no skin where none is bare.

    Raises:
        InputError: it is no person, or one without a shape code.
    """
    missing = [number for number, _ in SHAPES.values() if number not in truth.shape]
    if truth.category != "people" or missing:
        raise InputError(
            f"{truth.name} is no person whose body is known: its category is {truth.category!r}.",
            "Name a set that `mirror synthesize people` made.",
        )
    groups = {name: _within(truth.shape[number], limits) for name, (number, limits) in SHAPES.items()}
    angle = skin_angle(truth)
    return groups if angle is None else {"skin": tone_of(angle), **groups}


def tone_of(angle: float) -> str:
    """The name of an individual typology angle."""
    return _within(angle, TONES)


def skin_angle(truth: Truth) -> float | None:
    """Individual typology angle of a person's skin without light, degrees; the lighter, the larger.

    A truth does not name its skin. But it has its colours without light at all of the template's vertices, and those
    whose nearest face of the surface is skin show it: the colours' median is not misled by lips, brows and eyes.
    """
    template = make_template(len(truth.template))
    centres = truth.vertices[truth.faces].mean(axis=1)
    nearest = cKDTree(centres).query(truth.template)[1]
    bare = truth.face_parts[nearest] == part_number("skin")
    if bare.sum() < FEW:
        return None
    height, width = truth.texture.shape[:2]
    u, v = template.uv.numpy()[: len(truth.template)][bare].T
    row, column = ((1.0 - v) * height).clip(0, height - 1), (u * width).clip(0, width - 1)
    return typology_angle(truth.texture[row.astype(int), column.astype(int)])


def typology_angle(colours: npt.NDArray[np.uint8]) -> float:
    """atan((L* - 50) / b*) in degrees, of the median of sRGB colours (N, 3)."""
    lightness, _, yellow = median_lab(colours)
    return float(np.degrees(np.arctan2(lightness - 50.0, yellow)))


def median_lab(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Median of L*, a* and b* (white D65) of sRGB colours (N, 3)."""
    lab = cv2.cvtColor(colours.astype(np.float32)[None] / 255.0, cv2.COLOR_RGB2LAB)[0]
    return np.median(lab, axis=0).astype(np.float64)


def _within(value: float, limits: dict[str, float]) -> str:
    return next((name for name, limit in limits.items() if value <= limit), list(limits)[-1])
