"""Depth from an outline: round where it is narrow, fuller where it is wide."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import scipy.sparse.linalg as sla

FloatArray = npt.NDArray[np.float64]


def inflate(cells: npt.NDArray[np.bool_], ratio: float) -> FloatArray:
    """Half the thickness squared at each pixel, (R, R), in NDC^2; 0 outside.

    The solution of Poisson's equation, laplace f = -2 ratio^2 with f = 0 on the outline: across a long strip its root
    is an ellipse whose half axes are half the strip's width, and `ratio` times that.

    Args:
        cells: the region, (R, R).
        ratio: thickness over width of a long strip; a round arm has 1.
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
    diagonal = 8.0 - np.bincount(rows, minlength=len(row))
    matrix = sp.diags(diagonal) - sp.csc_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(row), len(row)))
    pixel = 2.0 / size
    squared = np.zeros(cells.shape)
    squared[row, column] = sla.spsolve(sp.csc_matrix(matrix), np.full(len(row), 2.0 * (ratio * pixel) ** 2))
    return squared
