"""Garments follow the body they are worn by."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from training.synthetic.piece import BoolArray, FloatArray, Garment, IntArray


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


def uncovered(faces: IntArray, garments: list[Garment], vertices: int) -> BoolArray:
    """Which faces of the body can be seen: those with a corner that no garment hides."""
    hidden = np.zeros(vertices, bool)
    for garment in garments:
        hidden |= garment.hides
    return np.logical_not(hidden[faces].all(axis=1))
