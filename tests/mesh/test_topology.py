"""Neighbourhoods of a triangle mesh."""

import numpy as np
from helpers.meshes import box, tetrahedron

from mirror_core.mesh.topology import adjacent_faces, subdivide, unique_edges


def test_a_tetrahedron_has_each_pair_of_vertices_as_an_edge() -> None:
    edges, _ = unique_edges(tetrahedron()[1].numpy())
    assert edges.tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]


def test_edge_k_of_a_face_runs_from_corner_k_to_corner_k_plus_1() -> None:
    faces = box()[1].numpy()
    edges, numbers = unique_edges(faces)
    for k in range(3):
        expected = np.sort(np.stack([faces[:, k], faces[:, (k + 1) % 3]], axis=-1), axis=1)
        np.testing.assert_array_equal(edges[numbers[:, k]], expected)


def test_adjacent_faces_share_exactly_the_edge_they_are_listed_under() -> None:
    faces = box()[1].numpy()
    edges, _ = unique_edges(faces)
    for edge, (first, second) in zip(edges, adjacent_faces(faces), strict=True):
        assert first != second
        assert set(faces[first]) & set(faces[second]) == set(edge)


def test_subdivision_splits_each_face_in_four_and_keeps_its_orientation() -> None:
    vertices, faces = (tensor.numpy() for tensor in box())
    finer, edges = subdivide(faces, len(vertices))
    points = np.concatenate([vertices, vertices[edges].mean(axis=1)])

    def area_vectors(which: np.ndarray) -> np.ndarray:
        a, b, c = points[which].transpose(1, 0, 2)
        return np.cross(b - a, c - a)

    quarters = area_vectors(finer).reshape(len(faces), 4, 3)
    np.testing.assert_allclose(quarters, np.repeat(area_vectors(faces)[:, None] / 4, 4, axis=1), atol=1e-6)


def test_subdivision_keeps_the_numbers_of_the_old_vertices() -> None:
    faces = tetrahedron()[1].numpy()
    finer, edges = subdivide(faces, 4)
    assert len(edges) == 6
    assert sorted(set(finer.ravel())) == list(range(10))
    corners = finer.reshape(4, 4, 3)[:, [0, 1, 2], [0, 1, 2]]
    np.testing.assert_array_equal(corners, faces)
