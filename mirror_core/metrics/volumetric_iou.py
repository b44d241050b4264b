"""Overlap of two bodies."""

import numpy as np
import numpy.typing as npt
import scipy.ndimage as ndi

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

RESOLUTION = 128
"""Voxels along the longest side of the box around both."""


def volumetric_iou(
    result: tuple[npt.NDArray[np.floating], npt.NDArray[np.integer]],
    truth: tuple[npt.NDArray[np.floating], npt.NDArray[np.integer]],
    resolution: int = RESOLUTION,
) -> float:
    """Intersection over union of what two meshes enclose, 0..1; higher is better.

    Inside is what cannot be looked at from outside along any of the six axis directions. Faces may be turned
    anyhow, cross each other and lie in layers, and a gap (between a sleeve and an arm) lets in a line of voxels, not
    all air, as flooding would. The price: hollows that no axis looks into count as inside, and so does a cavity. A
    voxel where the surface meets the air counts half, so walls do not gain volume; what is thinner than a voxel has
    about one.

    Args:
        result: vertices (V, 3) and faces (F, 3).
        truth: the same of the other.
        resolution: voxels along the longest side of the box around both.
    """
    a, b = (np.asarray(vertices, np.float64)[faces] for vertices, faces in (result, truth))
    low, high = (end([end(a, axis=(0, 1)), end(b, axis=(0, 1))], axis=0) for end in (np.min, np.max))
    side = float((high - low).max()) / resolution
    shape = tuple(int(n) for n in np.ceil((high - low) / side).astype(int) + 2)
    first, second = (_filled((corners - low) / side + 1.0, shape) for corners in (a, b))
    return float(np.minimum(first, second).sum() / np.maximum(first, second).sum())


def _filled(corners: FloatArray, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Voxels of triangles (F, 3, 3), in voxel units: 1 within, 1/2 where the surface meets the air, 0 outside."""
    wall = np.zeros(shape, bool)
    voxel = np.floor(_cover(corners)).astype(np.int64).clip(0, np.array(shape) - 1)
    wall[tuple(voxel.T)] = True
    enclosed = np.ones(shape, bool)
    for axis in range(3):
        enclosed &= np.logical_or.accumulate(wall, axis=axis)
        enclosed &= np.flip(np.logical_or.accumulate(np.flip(wall, axis), axis=axis), axis)
    skin = wall & ndi.binary_dilation(~enclosed)
    return np.where(skin, np.float32(0.5), enclosed.astype(np.float32))


def _cover(corners: FloatArray, step: float = 0.5) -> FloatArray:
    """Points on triangles, no further than `step` from one another, (N, 3)."""
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    # Powers of two, so that few sizes of lattice are needed.
    level = np.ceil(np.log2(np.maximum(longest / step, 1.0))).astype(int)
    found: list[FloatArray] = []
    for number in np.unique(level):
        n = 2**number
        i, j = np.nonzero(np.add.outer(np.arange(n + 1), np.arange(n + 1)) <= n)
        weights = np.stack([i, j, n - i - j], axis=1) / n
        found.append(np.einsum("pk,fkd->fpd", weights, corners[level == number]).reshape(-1, 3))
    return np.concatenate(found)
