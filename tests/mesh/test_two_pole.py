"""ConvMesh's sphere with two poles, in the project's orientation; what every template must be is asked of it, too."""

import math

import numpy as np
import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.errors import InputError
from mirror_core.mesh import make_two_pole
from mirror_core.mesh.normals import face_normals
from mirror_core.mesh.topology import unique_edges


@pytest.mark.parametrize(("rings", "counts"), [(16, (482, 559, 960)), (31, (962, 1054, 1920))])
def test_it_has_as_many_vertices_uv_points_and_faces_as_the_published_meshes(rings: int, counts: tuple[int, int, int]):
    sphere = make_two_pole(rings)
    assert (len(sphere.vertices), len(sphere.uv), len(sphere.faces)) == counts


def test_the_smallest_one_by_hand():
    """Two rings, four meridians: an octahedron. Its vertices: top, behind, left, front, right, bottom."""
    octahedron = make_two_pole(2, 4)
    expected = [[0, 1, 0], [0, 0, -1], [-1, 0, 0], [0, 0, 1], [1, 0, 0], [0, -1, 0]]
    assert_close(octahedron.vertices, torch.tensor(expected, dtype=torch.float32))
    assert_close(octahedron.uv[1:5], torch.tensor([[1.0, 0.5], [0.25, 0.5], [0.5, 0.5], [0.75, 0.5]]))
    assert len(octahedron.uv) == 6 + 1 + 2 * 3, "the seam's vertex and each pole's other three faces have copies"
    assert {frozenset(face) for face in octahedron.faces.tolist()} == {
        frozenset((pole, 1 + k, 1 + (k + 1) % 4)) for pole in (0, 5) for k in range(4)
    }


def test_every_edge_has_two_faces_that_run_along_it_in_opposite_directions():
    sphere = make_two_pole()
    faces = sphere.faces.numpy()
    directed = np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed)
    edges, numbers = unique_edges(faces)
    assert (np.bincount(numbers.ravel()) == 2).all()
    assert len(sphere.vertices) - len(edges) + len(faces) == 2, "Euler characteristic of a sphere"


@pytest.mark.parametrize("half_axes", [(1.0, 1.0, 1.0), (0.45, 0.9, 0.225)])
def test_faces_look_outward_from_the_ellipsoid(half_axes: tuple[float, float, float]):
    sphere = make_two_pole(half_axes=half_axes)
    axes = torch.tensor(half_axes)
    assert_close((sphere.vertices / axes).norm(dim=1), torch.ones(482))
    centres = sphere.vertices[sphere.faces].mean(dim=1)
    assert ((face_normals(sphere.vertices[None], sphere.faces)[0] * centres / axes**2).sum(dim=1) > 0).all()


@pytest.mark.parametrize(("pairs", "axis"), [("front_back", 2), ("left_right", 0)])
def test_it_is_its_own_mirror_image(pairs: str, axis: int):
    sphere = make_two_pole()
    partner = getattr(sphere, pairs)
    mirrored = sphere.vertices.clone()
    mirrored[:, axis] *= -1
    assert_close(sphere.vertices[partner], mirrored)
    before = {frozenset(face) for face in sphere.faces.tolist()}
    assert before == {frozenset(face) for face in partner[sphere.faces].tolist()}


def test_uv_is_longitude_and_latitude_with_the_front_in_the_middle():
    sphere = make_two_pole()
    assert torch.equal(sphere.uv_vertex[sphere.uv_faces], sphere.faces)
    own, (x, y, z) = sphere.uv[:482], sphere.vertices.T
    inner = y.abs() < 0.999
    assert_close(own[:, 1], 0.5 + torch.asin(y.clamp(-1, 1)) / math.pi, factor=10)
    turned = 2 * math.pi * (own[inner, 0] - 0.5)
    assert_close(torch.stack([turned.sin(), turned.cos()]), torch.stack([x, z])[:, inner] / (x**2 + z**2).sqrt()[inner])


def test_no_face_is_turned_over_in_uv_and_each_fan_at_a_pole_has_its_own_tip():
    sphere = make_two_pole()
    a, b, c = sphere.uv[sphere.uv_faces].double().unbind(dim=1)
    (ax, ay), (bx, by) = (b - a).T, (c - a).T
    assert (ax * by - ay * bx > 0).all()
    tips = sphere.uv[sphere.uv_vertex == 0]
    assert_close(tips[:, 0].sort().values, (torch.arange(32) + 0.5) / 32)
    assert_close(tips[:, 1], torch.ones(32))


def test_impossible_spheres_are_refused():
    with pytest.raises(InputError, match="rings must be at least 2, but is 1"):
        make_two_pole(1)
    with pytest.raises(InputError, match="segments must be a multiple of 4, but is 30"):
        make_two_pole(16, 30)
