"""Neighbourhoods of a triangle mesh, from its faces alone."""

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


def unique_edges(faces: IntArray) -> tuple[IntArray, IntArray]:
    """Edges (E, 2), lower index first, in lexicographic order, and for each face its three edge numbers (F, 3).

    Column k of the second array is the edge from corner k to corner k + 1.
    """
    pairs = np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2)
    edges, numbers = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
    return edges, numbers.reshape(faces.shape)


def adjacent_faces(faces: IntArray) -> IntArray:
    """Pairs of faces (E, 2) that share an edge, in the order of `unique_edges`; needs a closed manifold."""
    _, numbers = unique_edges(faces)
    order = np.argsort(numbers.reshape(-1), kind="stable")
    return (order // 3).reshape(-1, 2)


def subdivide(faces: IntArray, vertex_count: int) -> tuple[IntArray, IntArray]:
    """Split each face into four.

    Returns:
        The faces (4 F, 3), and the edges (E, 2) whose midpoints become the vertices after vertex_count - 1, in order.
        Old vertices keep their numbers, so a coarse mesh is the prefix of the fine one.
    """
    edges, numbers = unique_edges(faces)
    a, b, c = faces.T
    ab, bc, ca = (numbers + vertex_count).T
    quarters = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.stack([np.stack(quarter, axis=-1) for quarter in quarters], axis=1).reshape(-1, 3), edges
