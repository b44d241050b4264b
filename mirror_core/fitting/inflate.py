"""Depth from an outline: round where it is narrow, fuller where it is wide."""

import numpy as np
import numpy.typing as npt
import scipy.ndimage as ndi
import scipy.sparse as sp
import scipy.sparse.linalg as sla

FloatArray = npt.NDArray[np.float64]


def find_hem(cells: npt.NDArray[np.bool_], reach: float) -> npt.NDArray[np.bool_]:
    """The region's pixels, (R, R), whose outline faces down, within `reach` of its height from its bottom.

    A garment is open there: a skirt's hem is as thick as the skirt, and does not close to an edge as a cushion does.
    """
    soft = ndi.gaussian_filter(cells.astype(float), 3.0)
    down, right = (-slope for slope in np.gradient(soft))
    faces_down = down > 0.7 * np.hypot(down, right)
    rows = np.flatnonzero(cells.any(axis=1))
    lowest = np.arange(len(cells))[:, None] > rows[-1] - reach * len(rows)
    return cells & ~ndi.binary_erosion(cells) & faces_down & lowest


def inflate(cells: npt.NDArray[np.bool_], ratio: float, hem: npt.NDArray[np.bool_] | None = None) -> FloatArray:
    """Half the thickness squared at each pixel, (R, R), in NDC^2; 0 outside.

    The solution of Poisson's equation, laplace f = -2 ratio^2 with f = 0 on the outline: across a long strip its root
    is an ellipse whose half axes are half the strip's width, and `ratio` times that.

    Args:
        cells: the region, (R, R).
        ratio: thickness over width of a long strip; a round arm has 1.
        hem: pixels of the outline that are open, so that the thickness goes on to the edge.
    """
    size = cells.shape[0]
    row, column = np.nonzero(cells)
    number = np.full((size + 2, size + 2), -1, dtype=np.int64)
    number[row + 1, column + 1] = np.arange(len(row))
    links: list[npt.NDArray[np.int64]] = []
    for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        other = number[row + 1 + down, column + 1 + right]
        links.append(np.stack([np.arange(len(row)), other])[:, other >= 0])
    rows, columns = np.concatenate(links, axis=1)
    # The outline runs along the pixels' edges, half a pixel from their centres: the ghost pixel outside has value -f.
    inner = np.bincount(rows, minlength=len(row))
    diagonal = 8.0 - inner
    if hem is not None:
        diagonal = np.where(hem[row, column], np.maximum(inner, 1), diagonal)
    matrix = sp.diags(diagonal) - sp.csc_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(row), len(row)))
    pixel = 2.0 / size
    squared = np.zeros(cells.shape)
    squared[row, column] = sla.spsolve(sp.csc_matrix(matrix), np.full(len(row), 2.0 * (ratio * pixel) ** 2))
    return squared
