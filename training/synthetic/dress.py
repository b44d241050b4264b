"""Garments follow the body they are worn by, the inner ones first."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from training.synthetic.parts import part_number
from training.synthetic.piece import BoolArray, FloatArray, Garment, IntArray
from training.synthetic.tailor.cut import Tailored
from training.synthetic.tailor.drape import drape
from training.synthetic.tailor.settle import Surface, settle

LAYERS = {"lower": 1, "boots": 2, "upper": 3, "whole": 3, "outer": 4}
"""Trousers go into boots, shirts over trousers, coats over all."""
CLEARANCE = 0.005
"""Metres between layers."""
BOOTS = part_number("boots")


def follow(garment: Garment, transforms: npt.NDArray[np.floating]) -> FloatArray:
    """A garment's vertices after linear blend skinning.

    Args:
        garment: as it lies on the body at rest.
        transforms: (J, 4, 4), of the body's joints, from rest to pose.
    """
    count, influences = garment.joints.shape
    rows = np.arange(0, count * influences + 1, influences)
    weights = csr_matrix((garment.weights.ravel(), garment.joints.ravel(), rows), (count, len(transforms)))
    blended = (weights @ transforms[:, :3].reshape(-1, 12).astype(np.float32)).reshape(-1, 3, 4)
    points = garment.piece.vertices
    return np.einsum("vik,vk->vi", blended[:, :, :3], points) + blended[:, :, 3]


def put_on(
    garments: list[Garment],
    transforms: npt.NDArray[np.floating],
    vertices: FloatArray,
    faces: IntArray,
    rng: np.random.Generator,
) -> list[FloatArray]:
    """Where the garments' vertices are on a posed body: outside it, and outside what is worn under them.

    Args:
        garments: as they lie on the body at rest.
        transforms: (J, 4, 4), of the body's joints.
        vertices: (19158, 3), of the posed body.
        faces: of its skin.
        rng: for creases.
    """
    placed = [follow(garment, transforms) for garment in garments]
    layers = {number: _layer(garment) for number, garment in enumerate(garments)}
    layered = sorted((number for number, layer in layers.items() if layer), key=lambda number: layers[number])
    surface = Surface.of_mesh(vertices, faces)
    for number in layered:
        cloth = garments[number].piece.faces
        garment = garments[number]
        if isinstance(garment, Tailored):
            placed[number] = drape(garment, placed[number], surface, rng)
        else:
            placed[number] = settle(placed[number], cloth, surface, CLEARANCE)
        if number != layered[-1]:
            surface = surface.under(placed[number], cloth)
    return placed


def _layer(garment: Garment) -> int:
    """From inside to outside; 0 for what only follows the body: shoes, hats, hair."""
    return LAYERS["boots"] if garment.piece.part == BOOTS else LAYERS.get(garment.slot, 0)


def uncovered(faces: IntArray, garments: list[Garment], vertices: int) -> BoolArray:
    """Which faces of the body can be seen: those with a corner that no garment hides."""
    hidden = np.zeros(vertices, bool)
    for garment in garments:
        hidden |= garment.hides
    return np.logical_not(hidden[faces].all(axis=1))
