"""Where objects lie in the space of codes: at their principal components.

Ours, named `tied`; ConvMesh learns from random codes alone. Components of shapes and of small textures, standing
side by side, are made uncorrelated and of unit variance. Similar objects lie near, and objects are linear in their
codes, which is what a generator's modes want.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from mirror_core.checks import check_range

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
RIDGE = 0.02
"""Variance of what the components do not explain in a texel, sRGB^2: how far a partial texture is believed."""


@dataclass(frozen=True)
class CodeSettings:
    """How the numbers of a code are shared out."""

    shape: int = 96
    """Numbers that stand for shape; the rest stand for texture."""
    normal: bool = False
    """Replace numbers by the normal quantile of their rank: draws by chance then look more like the data, and the data
    are no longer linear in their codes, which costs twice the distance in shape (docs/convmesh.md)."""


def place_codes(
    shapes: Floats, textures: Floats, visible: Floats, size: int, settings: CodeSettings | None = None
) -> Floats:
    """A code for each object.

    Args:
        shapes: (N, D), coordinates of vertices.
        textures: (N, E), small textures, flat.
        visible: (N, E), 1 where that number is known; components are found from objects with all texels known.
        size: numbers of a code, (N, size) is returned.
        settings: how they are shared out.
    """
    settings = settings or CodeSettings()
    check_range("shape numbers of a code", settings.shape, 1, size - 1)
    complete = visible.min(axis=1) > 0.5
    of_shape = _components(shapes, np.ones_like(shapes[:1]), np.ones(len(shapes), bool), settings.shape)
    of_texture = _components(textures, visible, complete, size - settings.shape)
    codes = _whitened(np.concatenate([of_shape, of_texture], axis=1))
    if settings.normal:
        ranks = codes.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
        codes = ndtri((ranks + 0.5) / len(codes))
    return codes.astype(np.float32)


def _components(values: Floats, known: Floats, complete: npt.NDArray[np.bool_], count: int) -> Doubles:
    """The principal components (N, count) of all, found from those that are complete, at unit variance there."""
    whole = values[complete].astype(np.float64)
    mean = whole.mean(axis=0)
    variances, directions = _principal(whole - mean)
    variances, directions = variances[:count].clip(min=1e-12), directions[:, :count]
    found = np.empty((len(values), count))
    found[complete] = (whole - mean) @ directions
    for row in np.flatnonzero(~complete):
        use = known[row] > 0.5
        seen = directions[use]
        normal = seen.T @ seen + np.diag(RIDGE / variances)
        found[row] = np.linalg.solve(normal, seen.T @ (values[row][use] - mean[use]))
    return found / np.sqrt(variances)


def _principal(centred: Doubles) -> tuple[Doubles, Doubles]:
    """Variances, the largest first, and directions (columns); by way of the smaller of the two products."""
    if len(centred) > centred.shape[1]:
        variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
        return variances[::-1], directions[:, ::-1]
    variances, mixtures = np.linalg.eigh(centred @ centred.T / len(centred))
    variances, mixtures = variances[::-1], mixtures[:, ::-1]
    return variances, centred.T @ mixtures / np.sqrt(len(centred) * variances.clip(min=1e-12))


def _whitened(values: Doubles) -> Doubles:
    """Uncorrelated, mean 0, variance 1, each number staying as near to what it was as possible (ZCA)."""
    centred = values - values.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    return centred @ (directions / np.sqrt(variances.clip(min=1e-9))) @ directions.T
