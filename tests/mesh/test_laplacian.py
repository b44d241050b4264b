"""The two graph Laplacians, worked out by hand on a tetrahedron."""

import numpy as np
import pytest
from helpers.meshes import tetrahedron

from mirror_core.mesh import make_template
from mirror_core.mesh.laplacian import combinatorial_laplacian, uniform_laplacian

FACES = tetrahedron()[1].numpy()


def test_uniform_laplacian_of_a_tetrahedron() -> None:
    third = 1 / 3
    expected = [[1, -third, -third, -third], [-third, 1, -third, -third], [-third, -third, 1, -third]]
    np.testing.assert_allclose(uniform_laplacian(FACES, 4).toarray()[:3], expected)


def test_combinatorial_laplacian_of_a_tetrahedron() -> None:
    np.testing.assert_array_equal(combinatorial_laplacian(FACES, 4).toarray(), 4 * np.eye(4) - np.ones((4, 4)))


@pytest.mark.parametrize("laplacian", [uniform_laplacian, combinatorial_laplacian])
def test_moving_the_whole_mesh_changes_nothing(laplacian) -> None:
    template = make_template(642)
    matrix = laplacian(template.faces.numpy(), 642)
    np.testing.assert_allclose(matrix @ np.ones(642), 0, atol=1e-12)


def test_combinatorial_laplacian_is_symmetric_and_not_negative() -> None:
    matrix = combinatorial_laplacian(make_template(642).faces.numpy(), 642)
    assert abs(matrix - matrix.T).max() == 0
    assert np.linalg.eigvalsh(matrix.toarray()).min() > -1e-9
