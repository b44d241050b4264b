"""The uniform graph Laplacian, L = I - D^-1 A (3D Magic Mirror, section 3.3)."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from mirror_core.mesh.topology import unique_edges


def uniform_laplacian(faces: npt.NDArray[np.int64], vertex_count: int) -> sp.csr_matrix:
    """Sparse (V, V) matrix whose product with the vertices is each vertex less the mean of its neighbours."""
    adjacency = _adjacency(faces, vertex_count)
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    return sp.csr_matrix(sp.identity(vertex_count) - sp.diags(1.0 / degree) @ adjacency)


def combinatorial_laplacian(faces: npt.NDArray[np.int64], vertex_count: int) -> sp.csr_matrix:
    """Sparse symmetric (V, V) matrix D - A, the one that "large steps in inverse rendering" preconditions with."""
    adjacency = _adjacency(faces, vertex_count)
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    return sp.csr_matrix(sp.diags(degree) - adjacency)


def _adjacency(faces: npt.NDArray[np.int64], vertex_count: int) -> sp.csr_matrix:
    edges, _ = unique_edges(faces)
    rows, columns = np.concatenate([edges, edges[:, ::-1]]).T
    return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(vertex_count, vertex_count))
