"""Smooth steps: Nicolet, Jacobson and Jakob, "Large steps in inverse rendering of geometry", 2021."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import scipy.sparse.linalg as sla

from mirror_core.mesh.laplacian import combinatorial_laplacian

FloatArray = npt.NDArray[np.float64]


class SmoothDescent:
    """Adam on u = (I + lambda L) v with one second moment for all vertices, so that steps keep their directions."""

    def __init__(self, faces: npt.NDArray[np.int64], count: int, smoothing: float, step_size: float) -> None:
        """Factorise (I + lambda L).

        Args:
            faces: of the mesh.
            count: number of its vertices.
            smoothing: lambda; 0 is plain Adam with a shared second moment.
            step_size: in the vertices' unit.
        """
        matrix = sp.identity(count) + smoothing * combinatorial_laplacian(faces, count)
        self._smooth = sla.splu(sp.csc_matrix(matrix)).solve
        self._step_size = step_size
        self._first = np.zeros((count, 3))
        self._second = 0.0
        self._steps = 0

    def step(self, vertices: FloatArray, gradient: FloatArray) -> FloatArray:
        """The vertices (V, 3) after one step against `gradient` (V, 3)."""
        smooth = self._smooth(gradient)
        self._steps += 1
        self._first = 0.9 * self._first + 0.1 * smooth
        self._second = 0.99 * self._second + 0.01 * float(np.square(smooth).sum(axis=1).max())
        mean = self._first / (1.0 - 0.9**self._steps)
        scale = np.sqrt(self._second / (1.0 - 0.99**self._steps)) + 1e-12
        return vertices - self._step_size * self._smooth(mean / scale)
